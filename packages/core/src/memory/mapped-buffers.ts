/**
 * The buffers of this thread that lie in session memory and that users hold directly. Each has a mapping of its own and keeps its block; there is one for each block, so that two views that arrive in two
 * messages lie over one buffer.
 */
import { session, type Session } from '../session/session.js';
import { PAGE_BYTES } from '../session/layout.js';
import { registerBacking } from '../transfer/backing.js';
import type { Block } from './block.js';
import { mapBuffer } from './windows.js';

interface Mapped {
  readonly id: number;
  readonly generation: number;
  readonly buffer: WeakRef<ArrayBufferLike>;
}

class MappedBuffers {
  /** By object number. */
  readonly #mapped = new Map<number, Mapped>();
  readonly #gone = new FinalizationRegistry<Mapped>((mapped) => {
    if (this.#mapped.get(mapped.id) === mapped) this.#mapped.delete(mapped.id);
  });

  constructor(readonly session: Session) {}

  /** The buffer over the first `length` bytes of a block, in whole pages. It takes over the hold that `block` is. */
  of(block: Block, type: string, length: number): ArrayBufferLike {
    const { heap } = this.session;
    const known = this.#mapped.get(block.id);
    const alive = known?.generation === block.generation ? known.buffer.deref() : undefined;
    if (alive !== undefined) {
      // It has a hold of its own.
      heap.release(block);
      return alive;
    }
    // In a thread that never comes to its event loop the registry would keep it.
    if (known !== undefined) this.#gone.unregister(known);
    const buffer = mapBuffer(heap.windows.fd, block.offset, Math.ceil(length / PAGE_BYTES) * PAGE_BYTES);
    const mapped: Mapped = { id: block.id, generation: block.generation, buffer: new WeakRef(buffer) };
    this.#mapped.set(block.id, mapped);
    this.#gone.register(buffer, mapped, mapped);
    // The record keeps the block as long as there is the buffer.
    registerBacking(buffer, { type, block, state: length });
    return buffer;
  }
}

let buffers: MappedBuffers | undefined;

/** Those of this thread. */
export const mappedBuffers = (): MappedBuffers => (buffers ??= new MappedBuffers(session()));
