/** Tells that something has changed in a tree. What it was is found out by walking the tree again, which also sees moves, links and deletions. */

import { watch } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../skip.js';

/** Changes come in bursts, as an editor saves or a branch is checked out: it is quiet for so long before it is told. */
const QUIET_MS = 120;
/** But after so long it is told anyway. */
const LONGEST_BURST_MS = 1000;
/** How often it is told where the system cannot watch the tree. */
const POLL_MS = 2000;

/**
 * Yields after each burst of changes, and once at the beginning, for what has changed before. Ends when `stop` is aborted.
 *
 * @param ignored - the absolute path of a file whose changes are not told, or null.
 */
export async function* treeChanges(root: string, ignored: string | null, stop: AbortSignal): AsyncGenerator<void> {
  let lastAt: number | null = 0;
  let wake = (): void => undefined;
  const tell = (): void => {
    lastAt = performance.now();
    wake();
  };
  using _watching = watchOrPoll(root, (name) => {
    if (name === null || path.resolve(root, name) !== ignored) tell();
  });
  stop.addEventListener('abort', () => wake(), { once: true });
  while (!stop.aborted) {
    if (lastAt === null) {
      await new Promise<void>((resolve) => (wake = resolve));
      continue;
    }
    const begunAt = performance.now();
    while (performance.now() - lastAt < QUIET_MS && performance.now() - begunAt < LONGEST_BURST_MS) await sleep(QUIET_MS);
    lastAt = null;
    if (!stop.aborted) yield;
  }
}

/** Calls back with the path of what has changed, relative to the root, or null where that is not known. */
function watchOrPoll(root: string, onChange: (name: string | null) => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const poll = (error: unknown): void => {
    process.stderr.write(`codemap: the system does not watch ${root} (${messageOf(error)}); it is walked every ${POLL_MS / 1000} s instead\n`);
    timer ??= setInterval(() => onChange(null), POLL_MS);
  };
  try {
    const watcher = watch(root, { recursive: true }, (_, name) => onChange(name));
    watcher.on('error', (error) => {
      watcher.close();
      poll(error);
    });
    return { [Symbol.dispose]: () => (watcher.close(), clearInterval(timer)) };
  } catch (error) {
    poll(error);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }
}
