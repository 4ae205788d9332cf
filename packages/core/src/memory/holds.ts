/**
 * What one thread holds of session memory.
 *
 * A hold ends when the garbage collector finds its Block unreachable. It tells us of that in the event loop, and knows nothing of session memory: a thread that makes or receives shared objects and drops them, over and
 * over, has made little garbage as it sees it, and would fill the session; one that never comes to its event loop would not be told at all. So the collector is run, and its finds are looked up, when this thread
 * holds a part of the budget, or a number of objects, more than after the last time, and before anything is refused.
 *
 * The same object held twice is counted here and written once in shared memory.
 */
import type { Block } from './block.js';
import { collectGarbage } from './garbage.js';

/** What the thread knows a hold by, also once the Block is garbage. */
export interface Hold {
  readonly id: number;
  readonly bytes: number;
  readonly block: WeakRef<Block>;
}

interface Held {
  /** In the slot's list. */
  index: number;
  count: number;
}

/** How many objects may be held and dropped before the garbage collector is run: at 5 ms it is 0.3 µs for each. Many of them have mappings of their own, of which a process can have 65 530. */
const MOST_GARBAGE_COUNT = 16 * 1024;

export class Holds {
  /** By object number. */
  readonly #held = new Map<number, Held>();
  readonly #holds = new Set<Hold>();
  readonly #dropped = new FinalizationRegistry<Hold>((hold) => this.#end(hold));
  #bytes = 0;
  #collectAtBytes: number;
  #collectAtCount = MOST_GARBAGE_COUNT;

  /**
   * @param mostGarbageBytes - how much may be held and dropped before the garbage collector is run.
   * @param letGo - drops the hold at an index of the slot's list; the object that moved there, 0 when none did.
   */
  constructor(
    readonly mostGarbageBytes: number,
    readonly letGo: (index: number) => number,
  ) {
    this.#collectAtBytes = mostGarbageBytes;
  }

  has(id: number): boolean {
    return this.#held.has(id);
  }

  /** @param index - where the hold was written; undefined for an object that is held already. @param bytes - what of the budget it keeps. */
  add(block: Block, index: number | undefined, bytes: number): void {
    if (index === undefined) this.#held.get(block.id)!.count++;
    else this.#held.set(block.id, { index, count: 1 });
    const hold: Hold = { id: block.id, bytes, block: new WeakRef(block) };
    block.hold = hold;
    this.#holds.add(hold);
    this.#bytes += bytes;
    this.#dropped.register(block, hold, hold);
  }

  /** Ends a hold. A second time does nothing. */
  end(hold: Hold): void {
    if (this.#dropped.unregister(hold)) this.#end(hold);
  }

  /** Ends those that are garbage. */
  collect(): void {
    collectGarbage();
    for (const hold of this.#holds) if (hold.block.deref() === undefined) this.end(hold);
    this.#collectAtBytes = this.#bytes + this.mostGarbageBytes;
    this.#collectAtCount = this.#holds.size + Math.max(MOST_GARBAGE_COUNT, this.#holds.size);
  }

  /** To be called before more is held. */
  collectWhenDue(): void {
    if (this.#bytes >= this.#collectAtBytes || this.#holds.size >= this.#collectAtCount) this.collect();
  }

  #end(hold: Hold): void {
    this.#holds.delete(hold);
    this.#bytes -= hold.bytes;
    const held = this.#held.get(hold.id)!;
    if (--held.count > 0) return;
    this.#held.delete(hold.id);
    const moved = this.letGo(held.index);
    if (moved !== 0) this.#held.get(moved)!.index = held.index;
  }
}
