/**
 * Reads what the clients of a server send, in turns: no client is read more than so many messages in a turn of the event loop. Clients that sent something lately are looked at in each turn and, once nothing comes, a moment
 * longer (Lookout), as whoever looks need not be rung; then the server sleeps until one of them rings.
 */
import { now } from '@manycore/core/internal';
import { Lookout } from '@manycore/process/internal';
import type { ClientSession } from './client-session.js';

/** Of one client, in a turn. */
const MOST_MESSAGES = 64;
/** Longer would hold up the event loop. */
const LOOK_MS = 0.08;

export class Pump {
  readonly #lookout = new Lookout(LOOK_MS);
  /** Those that are looked at; the others are waited for, or for what they cause. */
  readonly #awake = new Set<ClientSession>();
  #isScheduled = false;
  readonly #hasMessage = (): boolean => {
    for (const { wire } of this.#awake) if (wire.hasMessage) return true;
    return false;
  };

  /** @param gone - told of a client that is gone, once all that it sent was read. */
  constructor(readonly gone: (client: ClientSession) => void) {}

  wake(client: ClientSession): void {
    this.#awake.add(client);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    let found = false;
    for (const client of [...this.#awake]) if (this.#serve(client)) found = true;
    if (this.#awake.size === 0) return;
    if (found || this.#lookout.look(this.#hasMessage, LOOK_MS)) {
      this.#isScheduled = true;
      setImmediate(() => this.#turn());
      return;
    }
    for (const client of this.#awake) void this.#sleep(client);
    this.#awake.clear();
  }

  #serve(client: ClientSession): boolean {
    const isOver = client.wire.isOver(false);
    if (client.serve(MOST_MESSAGES)) return true;
    const { obstacle } = client;
    if (obstacle !== undefined) {
      this.#awake.delete(client);
      void obstacle.then(() => this.wake(client));
    } else if (isOver || client.isEnded) {
      this.#awake.delete(client);
      this.gone(client);
    } else if (!client.wire.isLocal) {
      this.#awake.delete(client);
      void this.#sleep(client);
    }
    return false;
  }

  async #sleep(client: ClientSession): Promise<void> {
    const since = now();
    try {
      await client.wire.whenReady();
    } catch {
      // Its memory is damaged: it is of no use any more.
      this.gone(client);
      return;
    }
    if (client.wire.isLocal) this.#lookout.slept(now() - since);
    if (client.wire.isOver(true) && !client.wire.hasMessage) this.gone(client);
    else this.wake(client);
  }
}
