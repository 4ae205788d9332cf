/**
 * `RawValue`: one element, without a lock. A scalar is in a block of session memory, 64 bytes, to whose surroundings nobody gets. A struct may give views of its fields, and has a mapping of its own, as arrays do.
 */
import { inspect } from 'node:util';
import { RemoteError, sharedBuffer } from '@manycore/core';
import { backingOf, describe, registerShareable, session, type Block, type BlockRef } from '@manycore/core/internal';
import type { Store } from './element.js';
import { elementTypeOf, type ElementOf, type InputOf, type SharedType } from './element-type.js';
import { Scalar } from './scalar.js';
import { Arrived, SharedObject, type ArrivedState, type SharedLock } from './shared-object.js';
import type { IntegerCode, ScalarInput, ScalarOf } from './typecode.js';

/** Of the blocks of all values: a value and what `getObj` gives share one. */
const BLOCK_TYPE = 'manycore.Value';

/** @param make - rebuilds one that arrived. */
export function registerValue(className: string, module: string, make: (arrived: Arrived) => object): void {
  const rebuild = (ref: BlockRef, state: unknown): object => make(new Arrived((state as Sent).bytes ?? session().heap.acquire(ref, BLOCK_TYPE), state as Sent));
  registerShareable(`manycore.${className}`, { module, rebuild });
}

interface Sent extends ArrivedState {
  /** Of a struct: its memory, which travels by reference. */
  readonly bytes?: Uint8Array<ArrayBufferLike> | undefined;
}

registerValue('RawValue', import.meta.url, (arrived) => new RawValue(arrived));

/** What a subclass differs in. */
export interface ValueKind {
  readonly className: string;
  readonly lock: SharedLock | undefined;
}

/** What whole numbers can be combined with, and what they give; nothing for other types. */
export type IntegerInput<Type> = Type extends IntegerCode ? ScalarInput<Type> : never;
export type IntegerOf<Type> = Type extends IntegerCode ? ScalarOf<Type> : never;

/** Typed arrays that `Atomics` works on. */
type Integers = Int32Array;

/**
 * One number, boolean, character or struct in shared memory, without a lock. It can be handed to any process or thread, and is the same memory there.
 *
 * Memory: `value` is a plain read or write, never torn, seen by others in time; what else was written before it may be seen after it. The atomic operations (`add` to `compareExchange`, whole numbers only) are
 * sequentially consistent, and so is what is done under a lock. `value += 1` is a read and a write: others may come between; use `add`, or a `Value` and its lock.
 *
 * The memory is given back when no process and no message holds the object any more.
 *
 * @see Python `multiprocessing.sharedctypes.RawValue`. Differs: checked ranges instead of silent wrapping; atomic operations; 64-bit integers are bigint.
 */
export class RawValue<Type extends SharedType = SharedType> extends SharedObject {
  readonly #memory: Block | Uint8Array<ArrayBufferLike>;
  readonly #store: Store<unknown>;
  readonly #where: string;
  /** The memory for atomic operations; undefined for what is no whole number. */
  readonly #integers: Integers | undefined;
  readonly #isBig: boolean;

  /**
   * @param type - a typecode, or a struct.
   * @param init - the first value; default: zero (false, '\0', all fields zero).
   * @throws TypeError for another type, or a value of another kind; RangeError for one out of range; OutOfMemoryError when the session's budget is used up.
   */
  constructor(type: Type, init?: InputOf<Type>);
  /** @internal */
  constructor(type: Type | Arrived, init?: InputOf<Type>, kind?: ValueKind);
  constructor(type: Type | Arrived, init?: InputOf<Type>, kind: ValueKind = { className: 'RawValue', lock: undefined }) {
    const elementType = elementTypeOf(type instanceof Arrived ? type.state.type : type, kind.className);
    super(kind.className, elementType, type instanceof Arrived ? type.state.lock : kind.lock);
    this.#memory = type instanceof Arrived ? type.memory : elementType instanceof Scalar ? session().heap.allocate(elementType.bytes, BLOCK_TYPE) : sharedBuffer(elementType.bytes);
    const { buffer, byteOffset, length } = bytesOf(this.#memory);
    if (elementType.bytes > length) throw new RemoteError(`manycore: a ${this.where} of ${elementType.bytes} bytes was received for ${length} bytes of memory.`);
    this.#store = elementType.store(buffer, byteOffset, 1);
    this.#where = this.where;
    const isInteger = elementType instanceof Scalar && (elementType.kind === 'integer' || elementType.kind === 'big');
    this.#integers = isInteger ? (this.#store.cells as Integers) : undefined;
    this.#isBig = isInteger && elementType.kind === 'big';
    if (init !== undefined) this.#store.set(0, init, this.#where);
  }

  /**
   * The value; of a struct, an accessor whose fields can be read and written.
   * @throws when written: TypeError for a value of another kind, RangeError for one out of range; nothing is changed then.
   */
  get value(): ElementOf<Type> {
    return this.#store.get(0) as ElementOf<Type>;
  }

  set value(value: InputOf<Type>) {
    this.#store.set(0, value, this.#where);
  }

  /**
   * A whole number as a number, also one of 64 bits.
   * @throws RangeError when read beyond `Number.MAX_SAFE_INTEGER`; TypeError for another type; when written, as `value`.
   */
  get number(): number {
    this.#atomic('number');
    const value = Number(this.#store.get(0));
    if (Number.isSafeInteger(value)) return value;
    throw new RangeError(`${this.#where}.number: ${String(this.value)} is beyond the safe integers; use value, a bigint.`);
  }

  set number(value: number) {
    this.#atomic('number');
    if (!Number.isSafeInteger(value)) throw new RangeError(`${this.#where}.number: expected a safe integer, got ${describe(value)}.`);
    this.#store.set(0, value, this.#where);
  }

  /** Adds, atomically; returns the old value. Beyond the range of the type it wraps, as the processor does. @throws TypeError for another type or operand. */
  add(operand: IntegerInput<Type>): IntegerOf<Type> {
    return Atomics.add(this.#atomic('add'), 0, this.#operand('add', operand)) as IntegerOf<Type>;
  }

  /** Subtracts, atomically; returns the old value. Wraps as `add`. */
  sub(operand: IntegerInput<Type>): IntegerOf<Type> {
    return Atomics.sub(this.#atomic('sub'), 0, this.#operand('sub', operand)) as IntegerOf<Type>;
  }

  /** Bitwise and, atomically; returns the old value. */
  and(operand: IntegerInput<Type>): IntegerOf<Type> {
    return Atomics.and(this.#atomic('and'), 0, this.#operand('and', operand)) as IntegerOf<Type>;
  }

  /** Bitwise or, atomically; returns the old value. */
  or(operand: IntegerInput<Type>): IntegerOf<Type> {
    return Atomics.or(this.#atomic('or'), 0, this.#operand('or', operand)) as IntegerOf<Type>;
  }

  /** Bitwise exclusive or, atomically; returns the old value. */
  xor(operand: IntegerInput<Type>): IntegerOf<Type> {
    return Atomics.xor(this.#atomic('xor'), 0, this.#operand('xor', operand)) as IntegerOf<Type>;
  }

  /** Stores `value`, atomically; returns the old one. @throws RangeError when it is out of range. */
  exchange(value: IntegerInput<Type>): IntegerOf<Type> {
    return Atomics.exchange(this.#atomic('exchange'), 0, this.#checked('exchange', value)) as IntegerOf<Type>;
  }

  /** Stores `replacement` if the value is `expected`, atomically; returns the old value: it was stored if that is `expected`. @throws RangeError when one is out of range. */
  compareExchange(expected: IntegerInput<Type>, replacement: IntegerInput<Type>): IntegerOf<Type> {
    const cells = this.#atomic('compareExchange');
    return Atomics.compareExchange(cells, 0, this.#checked('compareExchange', expected), this.#checked('compareExchange', replacement)) as IntegerOf<Type>;
  }

  protected override get block(): BlockRef {
    return this.#memory instanceof Uint8Array ? backingOf(this.#memory.buffer)!.block : this.#memory;
  }

  protected override get sentAlong(): Sent {
    return { ...super.sentAlong, bytes: this.#memory instanceof Uint8Array ? this.#memory : undefined };
  }

  /** The memory as what `getObj` gives to another object. */
  protected get bare(): Arrived {
    return new Arrived(this.#memory, { type: this.elementType.definition });
  }

  [inspect.custom](): string {
    return `<${this.className}('${this.elementType.name}', ${inspect(this.value)})>`;
  }

  #atomic(call: string): Integers {
    if (this.#integers === undefined) throw new TypeError(`${this.#where}.${call}: only for whole numbers.`);
    return this.#integers;
  }

  /** What may be added or combined: it need not be in the range of the type, as long as it is a whole number. */
  #operand(call: string, operand: unknown): number {
    if (!this.#isBig && Number.isSafeInteger(operand)) return operand as number;
    if (this.#isBig && (typeof operand === 'bigint' || Number.isSafeInteger(operand))) return BigInt(operand as bigint) as unknown as number;
    throw new TypeError(`${this.#where}.${call}: expected a whole number${this.#isBig ? ' or a bigint' : ''}, got ${describe(operand)}.`);
  }

  #checked(call: string, value: unknown): number {
    return (this.elementType as Scalar).coding.toRaw(value, `${this.#where}.${call}`) as number;
  }
}

function bytesOf(memory: Block | Uint8Array<ArrayBufferLike>): { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly length: number } {
  if (memory instanceof Uint8Array) return memory;
  const { array, base } = memory.words;
  return { buffer: array.buffer, byteOffset: array.byteOffset + base * 4, length: memory.bytes };
}
