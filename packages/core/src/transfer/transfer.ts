/** `transfer()` marks a value whose buffers are to be given away instead of copied. */
import { types } from 'node:util';
import { isPooled } from './buffer-pool.js';

// Registered, so that the wrapper of one copy of this package is known to the encoder of another.
const BRAND = Symbol.for('manycore.transfer');

/** What `transfer` can move instead of copying it. */
export type Transferable = ArrayBuffer | ArrayBufferView;

/** What stands in a value for a `transfer()` call; the encoder puts the inner value in its place. */
export class Transfer {
  /** @param list - the buffers to give away; undefined for all that are found in the value. */
  constructor(
    readonly value: object,
    readonly list: readonly ArrayBuffer[] | undefined,
  ) {}
}
Object.defineProperty(Transfer.prototype, BRAND, { value: true });

/**
 * Moves the buffers of a value instead of copying them: the receiver gets them, and here they are detached (length 0) once the message is
 * safely stored. When sending fails they stay as they are.
 *
 * Put it around an argument, an item or a result. Buffers in shared memory travel by reference anyway and stay usable here; so do small
 * Buffers that live in Node's pool and buffers the platform cannot detach (WebAssembly memory): of those a copy is sent.
 *
 * @param list - the buffers to give away, themselves or as views on them. Default: every buffer found in `value`.
 * @returns a stand-in for `value`, typed as `value`, that only this library understands. A primitive is returned as it is.
 * @throws TypeError when the list holds something that cannot be given away.
 */
export function transfer<T>(value: T, list?: readonly Transferable[]): T {
  if (list !== undefined && !Array.isArray(list))
    throw new TypeError('transfer: the list must be an array of ArrayBuffers or views on them');
  const buffers = list?.map((item: unknown, index) => {
    const buffer = ArrayBuffer.isView(item) ? item.buffer : item;
    if (!types.isArrayBuffer(buffer)) throw new TypeError(`transfer: list[${index}] is neither an ArrayBuffer nor a view on one`);
    if (ArrayBuffer.isView(item) && isPooled(item)) {
      throw new TypeError(`transfer: list[${index}] is a Buffer in Node's pool, which it shares with others; leave it out, it is copied`);
    }
    return buffer;
  });
  if (typeof value !== 'object' || value === null) return value;
  return new Transfer(value, buffers) as unknown as T;
}

/** Whether instances with this prototype are wrappers made by `transfer()`. */
export function isTransferPrototype(prototype: object): boolean {
  return BRAND in prototype;
}

/** Detaches `buffer` in this thread. */
export function detach(buffer: ArrayBuffer): void {
  try {
    structuredClone(buffer, { transfer: [buffer] });
  } catch (error) {
    // WebAssembly memory and the like cannot be let go of, which nothing tells beforehand; the copy that was sent is complete.
    if (!(error instanceof DOMException && error.name === 'DataCloneError') && !(error instanceof TypeError)) throw error;
  }
}
