/** Notices that something stays as it is: a turn that nobody takes, something that is kept and not used. */
export class Unchanged {
  #seen: number | undefined;
  #since = 0;

  /** How long, in milliseconds, looks have found the same `key`; 0 at the first one. @param now - of a clock that may wrap. */
  for(key: number, now: number): number {
    if (this.#seen !== key) {
      this.#seen = key;
      this.#since = now;
    }
    return (now - this.#since) | 0;
  }

  /** It has changed. */
  reset(): void {
    this.#seen = undefined;
  }
}
