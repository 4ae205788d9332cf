import type { TaskPool } from './task-pool.js';

/** On a busy machine, one may answer many questions before another has begun to run. */
const LIMIT_MS = 30_000;

/**
 * The processes of a pool, found by asking for who does a task until as many have answered as there are workers. Two questions are under
 * way for each worker, so that none can answer all of them while the others start.
 * @throws Error when fewer answer.
 */
export async function everyPid(pool: TaskPool, workers: number): Promise<number[]> {
  const pids = new Set<number>();
  for (const until = performance.now() + LIMIT_MS; performance.now() < until && pids.size < workers; ) {
    const answers = await Promise.all(Array.from({ length: 2 * workers }, () => pool.run('pid', 0)));
    for (const answer of answers) pids.add(answer as number);
  }
  if (pids.size !== workers) throw new Error(`${pids.size} processes did the tasks of a pool of ${workers}.`);
  return [...pids];
}
