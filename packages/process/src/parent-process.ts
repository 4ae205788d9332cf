import type { WaitOptions } from '@manycore/core';
import { deadlineOf, native } from '@manycore/core/internal';
import { ProcessError } from './errors.js';
import { waitFor } from './wait.js';

/**
 * The process that started this one, as seen from here. Of little use after its end: this process then ends too, within a second.
 * For a thread it has the pid of this very process, and a thread never sees its end: it ends with it.
 *
 * @see Python `multiprocessing.parent_process()`.
 */
export class ParentProcess {
  #sentinel: number | undefined;

  constructor(
    readonly pid: number,
    readonly name: string,
  ) {}

  isAlive(): boolean {
    // An orphan gets another parent at once, and a pid that was used again is not our parent. Of a thread it is this very process.
    return process.ppid === this.pid || process.pid === this.pid;
  }

  /** Waits for its end. @throws the signal's reason when aborted; TypeError for bad options. */
  async join(options?: WaitOptions): Promise<void> {
    const deadline = deadlineOf(options, 'parentProcess().join()');
    if (options?.signal?.aborted !== true && !this.isAlive()) return;
    const fd = this.sentinel;
    const subscribe = (done: () => void): (() => void) => {
      const watcher = native().watch(fd, done);
      native().refWatcher(watcher, true);
      return () => native().unwatch(watcher);
    };
    await waitFor(subscribe, deadline, options?.signal);
  }

  /** A descriptor that polls readable once it has ended. */
  get sentinel(): number {
    if (this.#sentinel === undefined) {
      const fd = native().openProcess(this.pid);
      if (fd < 0)
        throw new ProcessError(`parentProcess(): no sentinel can be opened for ${this.name} (pid ${this.pid}): errno ${-fd}.`, {
          pid: this.pid,
        });
      this.#sentinel = fd;
    }
    return this.#sentinel;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<ParentProcess name='${this.name}' pid=${this.pid} ${this.isAlive() ? 'started' : 'unknown'}>`;
  }
}
