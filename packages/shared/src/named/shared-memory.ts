/** `SharedMemory`: bytes in shared memory that any program finds by name. */
import { inspect } from 'node:util';
import { ClosedError } from '@manycore/core';
import { describe, registerShareable, SHARE, type Shareable, type ShareRecord } from '@manycore/core/internal';
import { checkName, mustBeBoolean } from './name.js';
import { createSegment, openSegment, Segment } from './segment.js';
import { arrivedSegment, recordOf, sendable } from './sent-segment.js';

const TYPE = 'manycore.SharedMemory';

registerShareable(TYPE, { module: import.meta.url, rebuild: (ref, state) => new SharedMemory(arrivedSegment(ref, state)) });

/** Options of a `SharedMemory`. */
export interface SharedMemoryOptions {
  /** Without a leading slash. Default: made up, `psm_` and 8 hexadecimal digits; only when a new one is made. */
  name?: string | null | undefined;
  /** Make a new segment, which fails when there is one of that name; default false: attach to one that exists. */
  create?: boolean | undefined;
  /** Bytes of a new segment, above 0. Without `create` it counts for nothing: a segment is as long as it is. */
  size?: number | undefined;
  /** Remove the segment when all processes of this tree are gone. Default: true for a new one, false for one that exists. */
  track?: boolean | undefined;
}

/**
 * A segment of shared memory with a name, under which any program of this machine finds it that may: also CPython's `multiprocessing.shared_memory`, both ways and at the same time.
 *
 * It can be sent to any process or thread of this tree, as can every view on its buffer; it arrives attached to the same memory, as long as the name is there. (A thread that has the segment already gets it
 * also later.)
 *
 * A tracked segment does not outlive this process tree: it is removed within milliseconds after the last process is gone, whatever ended it, and not earlier. One that was attached to is tracked only if you
 * say so, because it is somebody else's.
 *
 * Memory: plain reads and writes race with those of others, as between threads; order them with a lock, a queue, or `Atomics`. A program that makes a segment *shorter* while it is attached here makes every
 * touch beyond the new end fatal (SIGBUS) for this process: attach to segments of those you trust.
 *
 * Making one blocks for as long as the system takes to reserve its bytes (about a millisecond for 4 MiB), so that a full `/dev/shm` is an error here and now; the first tracked one of a tree also starts the
 * tracker, one sleeping process.
 *
 * @example
 * using memory = new SharedMemory({ name: 'frames', create: true, size: 1024 });
 * memory.buf.set([1, 2, 3]);
 * // In Python: SharedMemory('frames').buf[0]
 * memory.unlink();
 *
 * @see Python `multiprocessing.shared_memory.SharedMemory`. Differs: bytes are reserved at once; attached segments are not tracked by default; `close` never fails.
 */
export class SharedMemory implements Shareable {
  readonly #segment: Segment;
  #buf: Uint8Array | undefined;

  /**
   * @throws TypeError, RangeError for options that make no sense: a size that is no whole number, 0 for a new segment, no name for an existing one, a name with a slash or a NUL or of more than 255 bytes.
   * @throws AlreadyExistsError (`create`), NotFoundError (attaching); OutOfMemoryError when `/dev/shm` is full or the session's budget used up; NamedMemoryError when there is no usable `/dev/shm`, or what
   *   has the name is empty or no segment; NativeError when the tracker cannot be started. Nothing is left then.
   */
  constructor(options?: SharedMemoryOptions);
  /** @internal */
  constructor(segment: Segment);
  constructor(options: SharedMemoryOptions | Segment = {}) {
    this.#segment = sendable(options instanceof Segment ? options : made(options));
    this.#buf = new Uint8Array(this.#segment.buffer, 0, this.#segment.size);
  }

  /**
   * The segment's bytes, exactly `size` of them; the same view each time. Views stay valid after `close`, as long as somebody uses them.
   * @throws ClosedError after `close`.
   */
  get buf(): Uint8Array {
    if (this.#buf === undefined) throw new ClosedError(`SharedMemory.buf: ${this.name} was closed. Attach again: new SharedMemory({ name: '${this.name}' }).`);
    return this.#buf;
  }

  /** Without a leading slash; also after `close`. */
  get name(): string {
    return this.#segment.name;
  }

  /** Bytes, when it was made or attached to; also after `close`. */
  get size(): number {
    return this.#segment.size;
  }

  /**
   * Lets go of the memory: this object's hold, nobody else's. It is unmapped when no view is in use any more, which the garbage collector finds out. The segment and its name stay. A second time does nothing.
   */
  close(): void {
    this.#buf = undefined;
  }

  /**
   * Removes the name, for everybody; who is attached keeps the memory. Once for each segment, from any process, before or after `close`. Does not block.
   * @throws NotFoundError when it was removed already, also when another segment has the name by now.
   */
  unlink(): void {
    this.#segment.unlink();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @throws ClosedError after `close`. */
  [SHARE](): ShareRecord {
    if (this.#buf === undefined) throw new ClosedError(`SharedMemory: ${this.name} was closed and can no longer be sent.`);
    return recordOf(TYPE, this.#segment);
  }

  [inspect.custom](): string {
    return `<SharedMemory('${this.name}', ${this.#buf === undefined ? 'closed' : `${this.size} bytes`})>`;
  }
}

function made(options: SharedMemoryOptions): Segment {
  if (typeof options !== 'object' || options === null) throw new TypeError(`SharedMemory: expected options, as in { name: 'frames' }, got ${describe(options)}.`);
  const { name, create = false, size = 0, track } = options;
  const wanted = name === undefined || name === null ? undefined : checkName(name, 'SharedMemory: name');
  mustBeBoolean(create, 'SharedMemory: create');
  if (track !== undefined) mustBeBoolean(track, 'SharedMemory: track');
  if (typeof size !== 'number') throw new TypeError(`SharedMemory: size must be a number of bytes, got ${describe(size)}.`);
  if (!Number.isInteger(size) || size < 0) throw new RangeError(`SharedMemory: size must be a whole number of bytes >= 0, got ${size}.`);
  if (create) {
    if (size === 0) throw new RangeError('SharedMemory: a new segment needs a size above 0.');
    return createSegment('SharedMemory', { name: wanted, size, track: track ?? true });
  }
  if (wanted === undefined) throw new TypeError('SharedMemory: which segment? Give the name of one that exists, or create: true.');
  return openSegment('SharedMemory', wanted, { track: track ?? false });
}
