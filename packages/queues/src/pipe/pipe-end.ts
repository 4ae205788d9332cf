/**
 * The ends of a pipe. An end is a small block that exists only to be held: by the threads that have a connection over it, and by messages that such a connection travels in. When nobody holds it any more, it is
 * gone, and with it the end is closed: that is how the other side knows, whether its holders closed it, lost it to the garbage collector, or were killed. The block of an end holds the directions.
 *
 * Block (64 bytes): IN, OUT: object number and generation of the direction it reads and writes, 0 where it does not; PEER: of the block of the other end, which it does not hold; then the bundle that holds
 * the directions.
 *
 * A thread has at most one `PipeEnd` over an end, whatever number of connections: its calls keep their order.
 */
import { session, type Block, type BlockRef } from '@manycore/core/internal';
import { Direction } from './direction.js';
import { Inlet } from './inlet.js';
import { Outlet, type Ends } from './outlet.js';

export const PIPE_END_TYPE = 'manycore.PipeEnd';
const BYTES = 64;
const IN = 0;
const OUT = 2;
const PEER = 4;
const BUNDLE = 6;

export class PipeEnd implements Ends {
  readonly inlet: Inlet | undefined;
  readonly outlet: Outlet | undefined;
  readonly #session = session();
  readonly #peer: BlockRef;
  /** Connections over it that were not closed. */
  #users = 0;

  private constructor(
    readonly block: Block,
    reads: Direction | undefined,
    writes: Direction | undefined,
  ) {
    this.#peer = refAt(block, PEER);
    reads?.use();
    writes?.use();
    this.inlet = reads === undefined ? undefined : new Inlet(reads, this);
    this.outlet = writes === undefined ? undefined : new Outlet(writes, this);
    known.set(block.id, new WeakRef(this));
  }

  /** Both ends of a new pipe. One-way: the first one reads and the second one writes. @param segments - of each direction. */
  static pair(isDuplex: boolean, segments: number): [PipeEnd, PipeEnd] {
    const { heap } = session();
    const there = Direction.create(segments);
    const back = isDuplex ? Direction.create(segments) : undefined;
    const first = heap.allocate(BYTES, PIPE_END_TYPE);
    const second = heap.allocate(BYTES, PIPE_END_TYPE);
    connect(first, second, there, back);
    connect(second, first, back, there);
    return [new PipeEnd(first, there, back), new PipeEnd(second, back, there)];
  }

  /** The end that a message mentions. @throws ClosedError when it is gone. */
  static arrived(ref: BlockRef): PipeEnd {
    const block = session().heap.acquire(ref, PIPE_END_TYPE);
    const end = known.get(block.id)?.deref();
    if (end?.block.generation === block.generation && end.#users > 0) {
      session().heap.release(block);
      return end;
    }
    const [reads, writes] = [refAt(block, IN), refAt(block, OUT)];
    return new PipeEnd(block, reads.id === 0 ? undefined : Direction.open(reads), writes.id === 0 ? undefined : Direction.open(writes));
  }

  isPeerGone(lookForDead: boolean): boolean {
    const { heap } = this.#session;
    if (lookForDead && heap.exists(this.#peer)) heap.reapDeadNowAndThen();
    return !heap.exists(this.#peer);
  }

  get isPeerHereAlone(): boolean {
    return this.#session.heap.isHeldHereAlone(this.#peer);
  }

  use(): void {
    this.#users++;
  }

  /** A connection was closed. With the last one the thread gives up the end, and the other side is told to look. */
  leave(): void {
    this.#users--;
    if (this.#users === 0) {
      known.delete(this.block.id);
      this.inlet?.leave();
      this.#session.heap.release(this.block);
      this.outlet?.direction.wakeReaders();
      this.inlet?.direction.wakeWriters();
    }
    this.outlet?.endClosed();
    this.inlet?.endClosed();
    if (this.#users > 0) return;
    // What is on its way to an end that is gone, and the memory, are given back now.
    if (this.outlet?.isIdle === true) this.outlet.direction.leave();
    if (this.inlet?.isIdle === true) this.inlet.direction.leave();
  }
}

/** Of this thread, by object number. */
const known = new Map<number, WeakRef<PipeEnd>>();

function connect(block: Block, peer: Block, reads: Direction | undefined, writes: Direction | undefined): void {
  const directions = [reads, writes].filter((direction) => direction !== undefined);
  block.heap.bundle(
    block,
    directions.map((direction) => direction.block),
    block.address + BUNDLE,
  );
  setRef(block, IN, reads?.block);
  setRef(block, OUT, writes?.block);
  setRef(block, PEER, peer);
}

function setRef({ words }: Block, at: number, ref: BlockRef | undefined): void {
  words.store(at, ref?.id ?? 0);
  words.store(at + 1, ref?.generation ?? 0);
}

const refAt = ({ words }: Block, at: number): BlockRef => ({ id: words.load(at), generation: words.load(at + 1) });
