import type { Address } from '@manycore/queues';
import { InvalidStateError } from '@manycore/core';
import type { ManagerSettings } from './manager-options.js';
import type { Registry } from './registry.js';
import type { RunningServer, ServerOptions } from './server/server.js';

/**
 * A manager's server in this very process, for a program that is nothing but one. Made by `manager.getServer()`.
 *
 * @see Python `multiprocessing.managers.Server`.
 */
export class ManagerServer {
  readonly #settings: ManagerSettings;
  readonly #registry: Registry;
  #opening: Promise<RunningServer> | undefined;
  #address: Address | null;

  /** @internal */
  constructor(settings: ManagerSettings, registry: Registry) {
    this.#settings = settings;
    this.#registry = registry;
    this.#address = settings.address ?? null;
  }

  /** Where it is; null before `listen`, unless an address was given. Python: `Server.address`. */
  get address(): Address | null {
    return this.#address;
  }

  /** Takes clients from now on; resolves with the address. A second call gives the same. @throws as `Listener.open` */
  async listen(): Promise<Address> {
    this.#opening ??= open({ ...this.#settings, registry: this.#registry });
    const { address } = await this.#opening;
    this.#address = address;
    return address;
  }

  /**
   * Listens, and serves until a client shuts it down or the signal is aborted: then it resolves.
   *
   * @throws as `listen`; TypeError for a signal that is none.
   * @see Python `Server.serve_forever`. Differs: ends, instead of exiting the program.
   */
  async serveForever({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.listen();
    const server = await this.#opening!;
    const stop = (): void => server.shutDown();
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    await server.ended;
    signal?.removeEventListener('abort', stop);
  }

  /** Stops serving: every client's calls fail. Twice is harmless. @throws InvalidStateError before `listen` */
  async close(): Promise<void> {
    if (this.#opening === undefined) throw new InvalidStateError('ManagerServer.close: it does not serve yet.');
    const server = await this.#opening;
    server.shutDown();
    await server.ended;
  }
}

/** Loads what only servers need. */
async function open(options: ServerOptions): Promise<RunningServer> {
  const { RunningServer } = await import('./server/server.js');
  return RunningServer.open(options);
}
