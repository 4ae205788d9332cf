/**
 * The buffers of this thread that lie in session memory and that users hold directly. Each has a mapping of its own and keeps its block; there is one for each block, so that two views that arrive in two
 * messages lie over one buffer.
 *
 * Nobody tells us when the last view is dropped, and the garbage collector knows nothing of this memory: a program that makes or receives a buffer and drops it, over and over, has made little garbage as it sees
 * it, and would fill the session. So it is run whenever this thread has mapped a part of the budget more than after the last time, and before an allocation is refused. A thread that blocks and never comes
 * to its event loop, where finalizers run, gets its memory back too.
 */
import { session, type Session } from '../session/session.js';
import { PAGE_BYTES } from '../session/layout.js';
import { registerBacking } from '../transfer/backing.js';
import type { Block } from './block.js';
import { collectGarbage } from './garbage.js';
import { mapBuffer } from './windows.js';

interface Mapped {
  readonly id: number;
  readonly generation: number;
  readonly buffer: WeakRef<ArrayBufferLike>;
  /** The block's, to give up its hold without it: who has the block has a part of the buffer's life. */
  readonly token: object;
  readonly bytes: number;
}

/** Of the budget, what one thread may have mapped and dropped before the garbage collector is run: an eighth, and half a gibibyte at most. */
const GARBAGE_SHARE = 8;
const MOST_GARBAGE_BYTES = 512 * 1024 * 1024;

class MappedBuffers {
  readonly #mapped = new Map<number, Mapped>();
  readonly #gone = new FinalizationRegistry<Mapped>((mapped) => this.#forget(mapped));
  #bytes = 0;
  #collectAbove: number;
  readonly #mostGarbage: number;

  constructor(readonly session: Session) {
    this.#mostGarbage = Math.min(MOST_GARBAGE_BYTES, session.memoryUsage().limitBytes / GARBAGE_SHARE);
    this.#collectAbove = this.#mostGarbage;
    session.heap.collect = () => this.collect();
  }

  /** The buffer over the first `length` bytes of a block, in whole pages. It takes over the hold that `block` is. */
  of(block: Block, type: string, length: number): ArrayBufferLike {
    const known = this.#mapped.get(block.id);
    const alive = known?.generation === block.generation ? known.buffer.deref() : undefined;
    if (alive !== undefined) {
      // It has a hold of its own.
      this.session.heap.release(block);
      return alive;
    }
    if (known !== undefined) this.#forget(known);
    const bytes = Math.ceil(length / PAGE_BYTES) * PAGE_BYTES;
    if (this.#bytes + bytes > this.#collectAbove) this.collect();
    const buffer = mapBuffer(this.session.heap.windows.fd, block.offset, bytes);
    const mapped: Mapped = { id: block.id, generation: block.generation, buffer: new WeakRef(buffer), token: block.token, bytes };
    this.#mapped.set(block.id, mapped);
    this.#bytes += bytes;
    this.#gone.register(buffer, mapped, mapped);
    // The record keeps the block as long as there is the buffer.
    registerBacking(buffer, { type, block, state: length });
    return buffer;
  }

  /** Gives back what is garbage. */
  collect(): void {
    if (this.#bytes > 0) {
      collectGarbage();
      for (const mapped of [...this.#mapped.values()]) if (mapped.buffer.deref() === undefined) this.#forget(mapped);
    }
    this.#collectAbove = this.#bytes + this.#mostGarbage;
  }

  #forget(mapped: Mapped): void {
    this.#gone.unregister(mapped);
    if (this.#mapped.get(mapped.id) === mapped) this.#mapped.delete(mapped.id);
    this.#bytes -= mapped.bytes;
    this.session.heap.releaseCollected(mapped.id, mapped.token);
  }
}

let buffers: MappedBuffers | undefined;

/** Those of this thread. */
export const mappedBuffers = (): MappedBuffers => (buffers ??= new MappedBuffers(session()));
