/** Futures and what else waits in a program: an AbortSignal that ends tasks, an EventTarget that is told, a promise made of one. */
import { CancelledError, currentTask, isMainProcess, ThreadPoolExecutor, type Future } from 'manycore';

/** Counts until it is told to stop, or has counted enough. */
export async function countUpTo(limit: number): Promise<number> {
  const { signal } = currentTask()!;
  for (let count = 0; ; count++) {
    if (count === limit || signal.aborted) return count;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Tells a target when the future has ended. */
function announce(future: Future<unknown>, target: EventTarget, name: string): void {
  future.addDoneCallback(() => target.dispatchEvent(new Event(name)));
}

if (isMainProcess) {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 2 });
  const controller = new AbortController();
  const target = new EventTarget();
  target.addEventListener('counted', () => controller.abort(new CancelledError('one is enough')));

  const cancellable = executor.with({ signal: controller.signal });
  const [long, short] = [cancellable.submit(countUpTo, Infinity), cancellable.submit(countUpTo, 3)];
  announce(short, target, 'counted');

  // Promise.any and its kin take futures as they are.
  console.log(await Promise.any([long, short]));
  console.log(((await long.exception()) as Error).message);
}
