/**
 * What a pool and one of its workers know of the tasks that are on their way: one block for each worker, so that a task begins exactly once wherever it is, and both see whether it has begun.
 *
 * Words: 0..33 CONTROL, where the worker waits for word 34, CANCELS, to change: how often a running task was cancelled; from 64 on two words for each of CELLS cells: its state, and when the task in it began
 * (clock.ts; only where the task asked for it).
 *
 * A state is a sequence number, the use of the cell, above three bits:
 *
 * | state     | set by | when                                                        | next                          |
 * | --------- | ------ | ----------------------------------------------------------- | ----------------------------- |
 * | PENDING   | pool   | before the message is put                                   | RUNNING, REVOKED              |
 * | RUNNING   | worker | by compare-exchange from PENDING, before the function is called | CANCELLED; the next PENDING   |
 * | REVOKED   | pool   | by compare-exchange from PENDING: the task is elsewhere, or nowhere | the next PENDING          |
 * | CANCELLED | pool   | by compare-exchange from RUNNING                            | the next PENDING              |
 *
 * A worker that finds anything but its PENDING skips the message. So a task that was revoked never runs here, and one that runs here was not revoked. A cell is used again once its task is over, or revoked:
 * the message of the old use does not find its sequence number.
 *
 * | killed after (worker)  | what is left                                                                     |
 * | ---------------------- | -------------------------------------------------------------------------------- |
 * | before RUNNING         | PENDING: the pool gives the task to another worker; its message is still in the ring, or taken and the pool has a copy |
 * | RUNNING                | the task is lost with the worker                                                 |
 * | its result was put     | the pool takes the result first, and then looks at the cells                     |
 */
import { registerShareable, session, SHARE, wakeOne, WAIT_QUEUE_WORDS, type Block, type Shareable, type ShareRecord } from '@manycore/core/internal';
import { ticks } from './clock.js';

const TYPE = 'manycore.PoolBoard';
const BYTES = 4096;
const CONTROL = 0;
const CANCELS = WAIT_QUEUE_WORDS;
const FIRST_CELL = 64;
export const CELLS = 256;

const STATE_BITS = 3;
const PENDING = 1;
const RUNNING = 2;
const REVOKED = 3;
const CANCELLED = 4;
/** Sequence numbers stay small integers. */
const LAST_SEQUENCE = 2 ** 26;

registerShareable(TYPE, { module: import.meta.url, rebuild: (ref) => new Board(session().heap.acquire(ref, TYPE)) });

const word = (sequence: number, state: number): number => (sequence << STATE_BITS) | state;

export class Board implements Shareable {
  readonly #session = session();

  constructor(readonly block: Block) {}

  static create(): Board {
    return new Board(session().heap.allocate(BYTES, TYPE));
  }

  // --- the pool ---

  post(cell: number, sequence: number): void {
    this.block.words.store(FIRST_CELL + cell * 2, word(sequence, PENDING));
  }

  /** Takes a task back that has not begun. */
  revoke(cell: number, sequence: number): boolean {
    return this.#change(cell, sequence, PENDING, REVOKED);
  }

  /** Tells the worker that its task should end. */
  cancel(cell: number, sequence: number): void {
    if (!this.#change(cell, sequence, RUNNING, CANCELLED)) return;
    this.block.words.add(CANCELS, 1);
    wakeOne(this.block.words, CONTROL, this.#session.kernel);
  }

  hasBegun(cell: number, sequence: number): boolean {
    const state = this.block.words.load(FIRST_CELL + cell * 2);
    return state === word(sequence, RUNNING) || state === word(sequence, CANCELLED);
  }

  /** When a task that has begun and is TIMED did so. */
  begunAt(cell: number): number {
    return this.block.words.load(FIRST_CELL + cell * 2 + 1);
  }

  // --- the worker ---

  /** Whether the task is to be run, by this worker, now. */
  begin(cell: number, sequence: number, isTimed: boolean): boolean {
    if (isTimed) this.block.words.store(FIRST_CELL + cell * 2 + 1, ticks());
    return this.#change(cell, sequence, PENDING, RUNNING);
  }

  isCancelled(cell: number, sequence: number): boolean {
    return this.block.words.load(FIRST_CELL + cell * 2) === word(sequence, CANCELLED);
  }

  /** Calls `look` whenever a running task was cancelled, until `signal` is aborted. Keeps the event loop alive. */
  async watch(look: () => void, signal: AbortSignal): Promise<void> {
    const { words } = this.block;
    while (!signal.aborted) {
      const seen = words.load(CANCELS);
      look();
      try {
        await this.#session.waits.wait(words, CONTROL, () => (words.load(CANCELS) === seen ? undefined : true), Infinity, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  release(): void {
    this.#session.heap.release(this.block);
  }

  [SHARE](): ShareRecord {
    return { type: TYPE, block: this.block };
  }

  #change(cell: number, sequence: number, from: number, to: number): boolean {
    const expected = word(sequence, from);
    return this.block.words.compareExchange(FIRST_CELL + cell * 2, expected, word(sequence, to)) === expected;
  }
}

export const nextSequence = (sequence: number): number => (sequence % LAST_SEQUENCE) + 1;
