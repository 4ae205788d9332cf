/** One worker thread that is given numbers, and returns each with the time. */
import { isMainProcess, ThreadPoolExecutor } from 'manycore';

export function stamp(number: number): [time: number, number: number] {
  return [Date.now(), number];
}

if (isMainProcess) {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const futures = [1, 2, 3].map((number) => executor.submit(stamp, number));
  for (const future of futures) {
    const [time, number] = await future.result();
    console.log(`${new Date(time).toISOString()} ${number}`);
  }
}
