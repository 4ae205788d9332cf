/** Which paths are in the table and what they were like when they were counted, so that a further run counts only what has changed. */

import type { SourceFile } from '../walk.js';

/** Differs from itself: what is not a file is looked at anew each time. */
const NOT_A_FILE = Number.NaN;

export class Known {
  readonly #changedAt = new Map<string, number>();
  #seen = new Set<string>();

  /** A new walk begins. */
  begin(): void {
    this.#seen = new Set();
  }

  /** The walk has come to a file. Whether it has to be counted: not when it had come there before. */
  isNew({ path, changedAt }: SourceFile): boolean {
    if (this.#seen.has(path)) return false;
    this.#seen.add(path);
    return this.#changedAt.get(path) !== changedAt;
  }

  counted({ path, changedAt }: SourceFile): void {
    this.#changedAt.set(path, changedAt);
  }

  skipped(path: string): void {
    this.#seen.add(path);
    this.#changedAt.set(path, NOT_A_FILE);
  }

  /** Forgets the paths that the walk, which is over, has not come to, and returns them. */
  takeGone(): string[] {
    const gone = [...this.#changedAt.keys()].filter((path) => !this.#seen.has(path));
    for (const path of gone) this.#changedAt.delete(path);
    return gone;
  }
}
