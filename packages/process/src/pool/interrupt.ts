/**
 * Ctrl-C, for a program that has pools and no handler of its own. The first SIGINT: what waits is cancelled, what runs is finished, the pools close, and then the program ends as by SIGINT. The second one: the
 * workers and all below them are killed, and the program ends at once. A program that listens to SIGINT itself decides for itself; workers that are processes ignore the signal, which a terminal sends
 * them too; those that still boot die of it and are replaced (staff.ts).
 */
import { native } from '@manycore/core/internal';

export interface Interruptible {
  /** Cancels what has not begun, and takes nothing more; resolves when all workers have ended. */
  interrupt(): Promise<void>;
  /** Kills the workers and all below them. */
  killTree(): void;
}

const all = new Set<Interruptible>();
let isEnding = false;

/** Signals reach the main thread alone. */
export function addInterruptible(engine: Interruptible): void {
  if (!native().isMainThread) return;
  if (all.size === 0) process.on('SIGINT', onInterrupt);
  all.add(engine);
}

export function removeInterruptible(engine: Interruptible): void {
  if (!all.delete(engine) || all.size > 0 || isEnding) return;
  process.off('SIGINT', onInterrupt);
}

function onInterrupt(): void {
  if (process.listenerCount('SIGINT') > 1) return;
  if (isEnding) {
    for (const engine of all) engine.killTree();
    end();
    return;
  }
  isEnding = true;
  void Promise.all([...all].map((engine) => engine.interrupt())).then(end);
}

/** As if nobody had listened. */
function end(): void {
  process.off('SIGINT', onInterrupt);
  process.kill(process.pid, 'SIGINT');
}
