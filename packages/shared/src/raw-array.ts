/** `RawArray`: elements in shared memory with a mapping of its own, without a lock. */
import { inspect } from 'node:util';
import { RemoteError, sharedBuffer } from '@manycore/core';
import { backingOf, describe, registerShareable, type BlockRef } from '@manycore/core/internal';
import type { Store } from './element.js';
import { elementTypeOf, type ElementOf, type InputOf, type SharedType, type SliceOf, type ViewOf } from './element-type.js';
import { isText, mustBeText, putText, textIn } from './array-text.js';
import { Scalar } from './scalar.js';
import { Arrived, SharedObject, type ArrivedState, type SharedLock } from './shared-object.js';
import { StructStore } from './struct/struct-store.js';
import type { TextCode } from './typecode.js';

interface SentArray extends ArrivedState {
  readonly bytes: Uint8Array<ArrayBufferLike>;
}

/** @param make - rebuilds one that arrived. */
export function registerArray(className: string, module: string, make: (arrived: Arrived) => object): void {
  registerShareable(`manycore.${className}`, {
    module,
    rebuild: (_ref, state) => {
      const { bytes, ...rest } = state as SentArray;
      if (!(bytes instanceof Uint8Array)) throw new RemoteError(`manycore: a ${className} was received without its memory.`);
      return make(new Arrived(bytes, rest));
    },
  });
}

registerArray('RawArray', import.meta.url, (arrived) => new RawArray(arrived));

/** What a subclass differs in. */
export interface ArrayKind {
  readonly className: string;
  readonly lock: SharedLock | undefined;
}

/**
 * A fixed number of numbers, booleans, characters or structs in shared memory, without a lock. It can be handed to any process or thread, and is the same memory there; so can `view` and every part of it.
 *
 * `view` is a real TypedArray over the memory, as fast as any other and with all its methods; its values are stored as the TypedArray stores them, wrapping silently. `set` checks.
 *
 * Memory: plain reads and writes, as of any SharedArrayBuffer: elements are never torn, and order between threads comes from a lock, a queue, or `Atomics` on `view`. The memory has pages of its own (4096 bytes).
 * It is given back when no process and no message holds the array or a view of it any more.
 *
 * @see Python `multiprocessing.sharedctypes.RawArray`. Differs: checked ranges instead of silent wrapping; `at`, `set` and `slice` instead of brackets; 64-bit integers are bigint.
 */
export class RawArray<Type extends SharedType = SharedType> extends SharedObject {
  /** How many elements. */
  readonly length: number;
  readonly #bytes: Uint8Array<ArrayBufferLike>;
  readonly #store: Store<unknown>;

  /**
   * @param type - a typecode, or a struct.
   * @param sizeOrElements - how many zeroed elements, or the elements: any iterable; of `c` and `u` also a string.
   * @throws TypeError for another type or elements of another kind; RangeError for ones out of range, and for a size that is none; OutOfMemoryError when the session's budget is used up.
   */
  constructor(type: Type, sizeOrElements: number | Iterable<InputOf<Type>>);
  /** @internal */
  constructor(type: Type | Arrived, sizeOrElements?: number | Iterable<InputOf<Type>>, kind?: ArrayKind);
  constructor(type: Type | Arrived, sizeOrElements: number | Iterable<InputOf<Type>> = 0, kind: ArrayKind = { className: 'RawArray', lock: undefined }) {
    const arrived = type instanceof Arrived ? type : undefined;
    const elementType = elementTypeOf(arrived === undefined ? type : arrived.state.type, kind.className);
    super(kind.className, elementType, arrived === undefined ? kind.lock : arrived.state.lock);
    const elements = arrived === undefined ? elementsOf(sizeOrElements, this.where) : 0;
    this.#bytes = (arrived?.memory as Uint8Array<ArrayBufferLike> | undefined) ?? sharedBuffer((typeof elements === 'number' ? elements : elements.length) * elementType.bytes);
    this.length = Math.floor(this.#bytes.byteLength / elementType.bytes);
    this.#store = elementType.store(this.#bytes.buffer, this.#bytes.byteOffset, this.length);
    if (typeof elements !== 'number') this.#fill(elements);
  }

  protected override get block(): BlockRef {
    return backingOf(this.#bytes.buffer)!.block;
  }

  /** A TypedArray over the memory: of `c` and `?` a Uint8Array, of `u` a Uint32Array of code points, of structs their bytes. */
  get view(): ViewOf<Type> {
    return this.#store.cells as ViewOf<Type>;
  }

  /** Text up to the first NUL: of `c` each byte a character (Latin-1). Undefined for other types. @throws RangeError when text is written that has no room; nothing is changed then. @see Python `Array('c').value`. */
  get value(): Type extends TextCode ? string : undefined {
    return (isText(this.#store) ? textIn(this.#store) : undefined) as never;
  }

  set value(text: Type extends TextCode ? string : never) {
    putText(this.#store, text, `${this.where}.value`);
  }

  /** A copy of the bytes of text. Undefined for other types. @throws RangeError when more bytes are written than there are. @see Python `Array('c').raw`. */
  get raw(): Type extends TextCode ? Uint8Array<ArrayBuffer> : undefined {
    return (isText(this.#store) ? Uint8Array.from(this.#bytes) : undefined) as never;
  }

  set raw(bytes: Type extends TextCode ? Uint8Array : never) {
    mustBeText(this.#store, `${this.where}.raw`);
    if (!((bytes as unknown) instanceof Uint8Array)) throw new TypeError(`${this.where}.raw: expected a Uint8Array, got ${describe(bytes)}.`);
    if (bytes.length > this.#bytes.length) throw new RangeError(`${this.where}.raw: ${bytes.length} bytes are more than there is room for (${this.#bytes.length}).`);
    this.#bytes.set(bytes);
  }

  /** The element at `index`, negative from the end; of a struct an accessor. @throws RangeError outside of the array. */
  at(index: number): ElementOf<Type> {
    return this.#store.get(this.#checked(index, 'at')) as ElementOf<Type>;
  }

  /** Writes the element at `index`, negative from the end. @throws RangeError outside of the array, and for a value out of range; TypeError for one of another kind; nothing is changed then. */
  set(index: number, value: InputOf<Type>): void {
    this.#store.set(this.#checked(index, 'set'), value, `${this.where}.set(${index})`);
  }

  /** A copy of the elements from `start` to before `end` (as `Array.prototype.slice`), which shares nothing: numbers in a TypedArray, text in a string, booleans in an array, and of structs an array of plain objects. */
  slice(start = 0, end: number = this.length): SliceOf<Type> {
    const from = clamp(start, this.length);
    return this.#store.copy(from, Math.max(from, clamp(end, this.length))) as SliceOf<Type>;
  }

  /**
   * Calls `fn` with every element and its index. Makes nothing: of structs it is called with the same accessor each time, which shows another element; who needs it later copies its fields.
   */
  forEach(fn: (element: ElementOf<Type>, index: number) => void): void {
    const store = this.#store;
    if (store instanceof StructStore) {
      const cursor = store.cursor();
      for (let i = 0; i < this.length; i++) fn(cursor.moveTo(i) as ElementOf<Type>, i);
    } else for (let i = 0; i < this.length; i++) fn(store.get(i) as ElementOf<Type>, i);
  }

  *[Symbol.iterator](): IterableIterator<ElementOf<Type>> {
    for (let i = 0; i < this.length; i++) yield this.#store.get(i) as ElementOf<Type>;
  }

  [inspect.custom](): string {
    return `<${this.className}('${this.elementType.name}', ${this.length}) ${inspect([...this].slice(0, MOST_SHOWN), { breakLength: Infinity, compact: true })}${this.length > MOST_SHOWN ? ' …' : ''}>`;
  }

  protected override get sentAlong(): SentArray {
    return { ...super.sentAlong, bytes: this.#bytes };
  }

  /** The memory as what `getObj` gives to another object. */
  protected get bare(): Arrived {
    return new Arrived(this.#bytes, { type: this.elementType.definition });
  }

  #checked(index: unknown, call: string): number {
    if (typeof index !== 'number' || !Number.isInteger(index)) throw new TypeError(`${this.where}.${call}: expected a whole number as index, got ${describe(index)}.`);
    const at = index < 0 ? index + this.length : index;
    if (at < 0 || at >= this.length) throw new RangeError(`${this.where}.${call}: index ${index} is outside of the ${this.length} elements.`);
    return at;
  }

  #fill(elements: Elements): void {
    const { cells } = this.#store;
    const { elementType } = this;
    const isSame = ArrayBuffer.isView(elements) && elements.constructor === cells.constructor && elementType instanceof Scalar && elementType.kind !== 'boolean' && elementType.kind !== 'text';
    if (isSame) {
      cells.set(elements as never);
      return;
    }
    for (let i = 0; i < this.length; i++) this.#store.set(i, elements[i], `${this.where}[${i}]`);
  }
}

/** As `util.inspect` shows of an array. */
const MOST_SHOWN = 100;

type Elements = ArrayLike<unknown>;

/** What a new array has: how many zeroed elements, or which. @throws TypeError, RangeError */
function elementsOf(given: unknown, where: string): number | Elements {
  if (typeof given === 'number') {
    if (!Number.isInteger(given) || given < 0) throw new RangeError(`${where}: size must be a whole number >= 0, got ${given}.`);
    return given;
  }
  if (ArrayBuffer.isView(given) && !(given instanceof DataView)) return given as unknown as Elements;
  if (Array.isArray(given)) return given as unknown[];
  if (typeof (given as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === 'function') return [...(given as Iterable<unknown>)];
  throw new TypeError(`${where}: expected a size or an iterable of elements, got ${describe(given)}.`);
}

/** Where a relative index points, as `Array.prototype.slice` does. */
const clamp = (index: number, length: number): number => Math.trunc(Math.min(Math.max(index < 0 ? index + length : index, 0), length));
