import { asCompleted, ProcessPoolExecutor } from '@manycore/futures';
import { isMainProcess } from '@manycore/process';

export const add = (a: number, b: number): number => a + b;

if (isMainProcess) {
  await using executor = new ProcessPoolExecutor({ maxWorkers: 2 });
  const three = executor.submit(add, 1, 2);
  // A future is an argument like any other: the task is queued when it is there.
  const ten = executor.submit(add, three, 7);
  console.log(await three, await ten);
  for await (const sum of executor.map(add, [1, 2, 3], [10, 20, 30])) console.log(sum);
  for await (const future of asCompleted([three, ten])) console.log(future.done(), await future.result());
}
