/** One worker thread that is given numbers, and returns each with the time. In JavaScript: worker threads of Node 20 load no TypeScript. */
import { isMainProcess, ThreadPoolExecutor } from 'manycore';

export function stamp(number) {
  return [Date.now(), number];
}

if (isMainProcess) {
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const futures = [1, 2, 3].map((number) => executor.submit(stamp, number));
  for (const future of futures) {
    const [time, number] = await future.result();
    console.log(`${new Date(time).toISOString()} ${number}`);
  }
  await executor.shutdown();
}
