/**
 * Maps windows of session memory into this thread.
 *
 * Three ways, best first (measured in docs/decisions/0002): a real external SharedArrayBuffer where the runtime can make one; a window laid over the pages of a
 * growable SharedArrayBuffer's reservation; an external ArrayBuffer. Our own structures need no more than the last; what users see is a SharedArrayBuffer
 * where one can be had. Views are always of fixed length: a length-tracking view is 20 to 45 times slower.
 */
import { NativeError, RemoteError } from '../errors.js';
import { native } from '../native.js';
import { MEMORY_BYTES, WINDOW_BYTES } from '../session/layout.js';

/** Maps `[offset, offset + length)`; both in whole pages. The mapping lasts as long as the buffer is reachable. */
export function mapBuffer(fd: number, offset: number, length: number): ArrayBufferLike {
  // A window past the end could be mapped and would be SIGBUS at the first touch (trap T10): offsets come from memory that others write.
  if (!(offset >= 0 && length > 0 && offset + length <= MEMORY_BYTES)) {
    throw new RemoteError(`manycore: session memory is damaged: it names bytes ${offset} to ${offset + length}, which do not exist.`);
  }
  return mapFile(fd, offset, length, 'session memory');
}

/** As `mapBuffer`, of any file: it has to be that long, as long as anybody uses the buffer. `what` is for the error. */
export function mapFile(fd: number, offset: number, length: number, what: string): ArrayBufferLike {
  const addon = native();
  if (addon.canShare) return checked(addon.mapWindow(fd, offset, length, true), offset, length, what);
  const reserved = reserve(length);
  if (reserved !== undefined && addon.mapOver(new Uint8Array(reserved, 0, length), fd, offset) === 0) return reserved;
  return checked(addon.mapWindow(fd, offset, length, false), offset, length, what);
}

/** Address space for `length` bytes, or undefined where growable shared buffers are not to be had. */
function reserve(length: number): SharedArrayBuffer | undefined {
  try {
    // @ts-expect-error -- `maxByteLength` is ES2024: known to every runtime we support, not to the ES2023 declarations.
    return new SharedArrayBuffer(length, { maxByteLength: length });
  } catch {
    // RangeError: no address space for the reservation. The external ArrayBuffer below asks for the same amount and says why not.
    return undefined;
  }
}

function checked(buffer: ArrayBufferLike | number, offset: number, length: number, what: string): ArrayBufferLike {
  if (typeof buffer !== 'number') return buffer;
  const { constants } = process.getBuiltinModule('node:os');
  const name = Object.entries(constants.errno).find(([, value]) => value === -buffer)?.[0] ?? String(-buffer);
  throw new NativeError(`manycore: mapping ${length} bytes of ${what} at ${offset} failed with ${name}. ENOMEM usually means a limit on address space (ulimit -v).`);
}

/**
 * The windows of one thread: each is mapped at its first use and stays, because structures of many owners share it.
 */
export class Windows {
  readonly #windows = new Map<number, Int32Array>();
  #lastNumber = -1;
  #last: Int32Array | undefined;

  constructor(readonly fd: number) {}

  /** The window that holds word `address`; the word is at `address % WINDOW_WORDS` in it. */
  holding(address: number): Int32Array {
    const number = Math.floor(address / WINDOW_WORDS);
    if (number === this.#lastNumber) return this.#last!;
    let window = this.#windows.get(number);
    if (window === undefined) {
      window = new Int32Array(mapBuffer(this.fd, number * WINDOW_BYTES, WINDOW_BYTES), 0, WINDOW_WORDS);
      this.#windows.set(number, window);
    }
    this.#lastNumber = number;
    this.#last = window;
    return window;
  }

  load(address: number): number {
    return Atomics.load(this.holding(address), address % WINDOW_WORDS);
  }

  store(address: number, value: number): void {
    Atomics.store(this.holding(address), address % WINDOW_WORDS, value);
  }
}

export const WINDOW_WORDS = WINDOW_BYTES / 4;
