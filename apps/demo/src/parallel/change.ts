/** Lets one loop sleep until another part of the program has changed something. Wakes every sleeper; nobody asleep, nothing happens. */
export class Change {
  #wake: () => void = () => undefined;
  #next = new Promise<void>((resolve) => (this.#wake = resolve));

  /** Resolves at the next `notify()`. The caller must look at the state and call this without an `await` in between. */
  wait(): Promise<void> {
    return this.#next;
  }

  notify(): void {
    const wake = this.#wake;
    this.#next = new Promise<void>((resolve) => (this.#wake = resolve));
    wake();
  }
}
