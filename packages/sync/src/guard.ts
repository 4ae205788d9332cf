/** What `hold()` gives: the lock is ours until this is disposed, at the latest at the end of the block: `using held = await lock.hold()`. */
export class Guard implements Disposable {
  #release: (() => void) | undefined;

  constructor(release: () => void) {
    this.#release = release;
  }

  /** Releases the lock; a second time does nothing. Does not block. @throws LockError when somebody else released it meanwhile. */
  release(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
