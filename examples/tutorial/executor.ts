/** Futures of work that is done by other processes. */
import { asCompleted, isMainProcess, ProcessPoolExecutor } from 'manycore';

export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

if (isMainProcess) {
  await using executor = new ProcessPoolExecutor({ maxWorkers: 2 });
  const future = executor.submit(fibonacci, 10);
  console.log(`one: ${await future}`);

  for await (const n of executor.map(fibonacci, [1, 2, 3])) console.log(`in order: ${n}`);

  const futures = [20, 21, 22].map((n) => executor.submit(fibonacci, n));
  let sum = 0;
  for await (const done of asCompleted(futures)) sum += await done.result();
  console.log(`as they come, added up: ${sum}`);
}
