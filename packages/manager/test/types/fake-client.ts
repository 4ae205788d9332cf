/** Clients of a server without a server: `caller()` of the referents is whoever `call` is called on. */
import type { Caller, CallerClient } from '../../src/server/caller.js';

let current: Caller | undefined;

/** Takes the place of the function of that name of the server. */
export function caller(): Caller {
  if (current === undefined) throw new Error('nobody calls');
  return current;
}

export class FakeClient implements CallerClient {
  static #last = 0;
  readonly pid: number;
  readonly name: string;
  readonly #releases = new Set<() => void>();
  readonly #calls = new Set<AbortController>();

  constructor(pid?: number, name?: string) {
    this.pid = pid ?? ++FakeClient.#last;
    this.name = name ?? `Client-${this.pid}`;
  }

  holds(release: () => void): () => void {
    const entry = (): void => release();
    this.#releases.add(entry);
    return () => this.#releases.delete(entry);
  }

  /** What is released when this client dies. */
  get held(): number {
    return this.#releases.size;
  }

  /** Makes a call from this client. */
  call<R>(method: () => R): R {
    return this.cancellable(method).result;
  }

  cancellable<R>(method: () => R): { result: R; cancel: (reason: unknown) => void } {
    const controller = new AbortController();
    this.#calls.add(controller);
    current = { client: this, signal: controller.signal, tree: undefined, answersCancel: () => undefined };
    try {
      const result = method();
      // Nobody reads the replies of the dead.
      if (result instanceof Promise) result.catch(() => undefined);
      return { result, cancel: (reason) => controller.abort(reason) };
    } finally {
      current = undefined;
    }
  }

  die(): void {
    for (const controller of this.#calls) controller.abort(new Error(`${this.name} is gone`));
    for (const release of [...this.#releases]) if (this.#releases.delete(release)) release();
  }
}

/** What a promise has come to by now; `'pending'` when to nothing. */
export async function stateOf(promise: unknown): Promise<unknown> {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([promise, Promise.resolve('pending')]);
}
