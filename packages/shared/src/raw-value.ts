/** `RawValue`: one element in a block of session memory, without a lock. */
import { inspect } from 'node:util';
import { RemoteError } from '@manycore/core';
import { describe, registerShareable, session, type Block } from '@manycore/core/internal';
import type { Store } from './element.js';
import { elementTypeOf, type ElementOf, type InputOf, type SharedType } from './element-type.js';
import { Scalar } from './scalar.js';
import { Arrived, SharedObject, type ArrivedState, type SharedLock } from './shared-object.js';
import type { IntegerCode, ScalarInput, ScalarOf } from './typecode.js';

/** Of the blocks of all values: a value and what `getObj` gives share one. */
const BLOCK_TYPE = 'manycore.Value';

/** @param make - rebuilds one that arrived. */
export function registerValue(className: string, module: string, make: (arrived: Arrived) => object): void {
  registerShareable(`manycore.${className}`, { module, rebuild: (ref, state) => make(new Arrived(session().heap.acquire(ref, BLOCK_TYPE), state as ArrivedState)) });
}

registerValue('RawValue', import.meta.url, (arrived) => new RawValue(arrived));

/** What a subclass differs in. */
export interface ValueKind {
  readonly className: string;
  readonly lock: SharedLock | undefined;
}

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
  protected readonly block: Block;
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
    this.block = type instanceof Arrived ? type.block : session().heap.allocate(elementType.bytes, BLOCK_TYPE);
    if (elementType.bytes > this.block.bytes) throw new RemoteError(`manycore: a ${this.where} of ${elementType.bytes} bytes was received for a block of ${this.block.bytes}.`);
    const { array, base } = this.block.words;
    this.#store = elementType.store(array.buffer, array.byteOffset + base * 4, 1);
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
  add<Code extends IntegerCode>(this: RawValue<Code>, operand: ScalarInput<Code>): ScalarOf<Code> {
    return Atomics.add(this.#atomic('add'), 0, this.#operand('add', operand)) as ScalarOf<Code>;
  }

  /** Subtracts, atomically; returns the old value. Wraps as `add`. */
  sub<Code extends IntegerCode>(this: RawValue<Code>, operand: ScalarInput<Code>): ScalarOf<Code> {
    return Atomics.sub(this.#atomic('sub'), 0, this.#operand('sub', operand)) as ScalarOf<Code>;
  }

  /** Bitwise and, atomically; returns the old value. */
  and<Code extends IntegerCode>(this: RawValue<Code>, operand: ScalarInput<Code>): ScalarOf<Code> {
    return Atomics.and(this.#atomic('and'), 0, this.#operand('and', operand)) as ScalarOf<Code>;
  }

  /** Bitwise or, atomically; returns the old value. */
  or<Code extends IntegerCode>(this: RawValue<Code>, operand: ScalarInput<Code>): ScalarOf<Code> {
    return Atomics.or(this.#atomic('or'), 0, this.#operand('or', operand)) as ScalarOf<Code>;
  }

  /** Bitwise exclusive or, atomically; returns the old value. */
  xor<Code extends IntegerCode>(this: RawValue<Code>, operand: ScalarInput<Code>): ScalarOf<Code> {
    return Atomics.xor(this.#atomic('xor'), 0, this.#operand('xor', operand)) as ScalarOf<Code>;
  }

  /** Stores `value`, atomically; returns the old one. @throws RangeError when it is out of range. */
  exchange<Code extends IntegerCode>(this: RawValue<Code>, value: ScalarInput<Code>): ScalarOf<Code> {
    return Atomics.exchange(this.#atomic('exchange'), 0, this.#checked('exchange', value)) as ScalarOf<Code>;
  }

  /** Stores `replacement` if the value is `expected`, atomically; returns the old value: it was stored if that is `expected`. @throws RangeError when one is out of range. */
  compareExchange<Code extends IntegerCode>(this: RawValue<Code>, expected: ScalarInput<Code>, replacement: ScalarInput<Code>): ScalarOf<Code> {
    const cells = this.#atomic('compareExchange');
    return Atomics.compareExchange(cells, 0, this.#checked('compareExchange', expected), this.#checked('compareExchange', replacement)) as ScalarOf<Code>;
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
