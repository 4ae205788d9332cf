/** Who waits for the end of an engine's workers, which do not keep the event loop alive by themselves. */
import type { Staff } from './staff.js';

export class EndWaiters {
  readonly #staff: Staff;
  readonly #waiting: (() => void)[] = [];

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  /** Resolves when `tell` is called. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.keepAlive();
    });
  }

  /** As long as somebody waits, the workers keep the event loop alive; again after more were started. */
  keepAlive(): void {
    if (this.#waiting.length > 0) for (const { child } of this.#staff.workers) void child.join(Infinity, undefined);
  }

  tell(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }
}
