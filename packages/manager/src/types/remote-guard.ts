/** What `hold()` of a proxy gives: it is ours until this is disposed, at the latest at the end of the block: `await using held = await lock.hold()`. */
import { ManagerError } from '../errors.js';

/** What `hold` of a managed lock gives: disposing it releases. */
export class RemoteGuard implements Disposable, AsyncDisposable {
  #release: (() => Promise<unknown>) | undefined;

  /** @internal */
  constructor(release: () => Promise<unknown>) {
    this.#release = release;
  }

  /** Releases it; a second time does nothing. Rejects with LockError when somebody else released it meanwhile, and with ManagerError when the server is gone. */
  async release(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await release?.();
  }

  /** Releases it and does not wait until the server says so; later calls of this thread come after it. Without a server nothing is left to be released; any other error is an unhandled rejection. */
  [Symbol.dispose](): void {
    this.release().catch((error: unknown) => {
      if (!ManagerError.isInstance(error)) throw error;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
