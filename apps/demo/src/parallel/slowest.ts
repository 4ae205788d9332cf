/**
 * The file that took longest, found by all workers together: time and path in one record of shared memory.
 *
 * To compare and then write is two steps, and the record is two fields: that is what the lock is for. A worker killed between two steps leaves
 * the lock to the next one, who finds it `abandoned`, knows that the record may be half written, and begins anew.
 */

import { Lock, Value, struct } from 'manycore';

const Slowest = struct({ ms: 'f64', path: ['c', 512, 'cut'] });

export interface SlowestFile {
  ms: number;
  path: string;
}

export class SlowestBoard {
  readonly #record: Value<typeof Slowest>;
  readonly #lock: Lock;

  /** @param parts - those of the board of another process. */
  constructor(parts: SlowestBoard['parts'] = { record: new Value(Slowest, {}, { lock: false }), lock: new Lock() }) {
    this.#record = parts.record;
    this.#lock = parts.lock;
  }

  /** What to send to a worker, who makes its own board of it. */
  get parts(): { record: Value<typeof Slowest>; lock: Lock } {
    return { record: this.#record, lock: this.#lock };
  }

  offer(path: string, ms: number): void {
    // Most files are not slow, and the time only grows: a look without the lock spares them the lock.
    if (ms <= this.#record.value.ms) return;
    using _held = this.#lock.holdSync();
    this.#mend();
    if (ms > this.#record.value.ms) this.#record.value = { path, ms };
  }

  /** The slowest since the last call, or null. */
  take(): SlowestFile | null {
    using _held = this.#lock.holdSync();
    this.#mend();
    const { ms, path } = this.#record.value;
    this.#record.value = {};
    return ms === 0 ? null : { ms, path };
  }

  #mend(): void {
    if (this.#lock.abandoned === null) return;
    this.#record.value = {};
    this.#lock.recover();
  }
}
