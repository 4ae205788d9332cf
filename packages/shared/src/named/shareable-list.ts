/**
 * `ShareableList`: a list of small values in a named segment, laid out as CPython's.
 *
 * Writing an item of the kind that is there already is one store (8 bytes) or a copy (text, bytes). Of another kind, it is three steps, in CPython's order: format, code, value. There is no lock: a reader
 * between two of them reads an item that was never written, and a writer that is killed there leaves it. The kinds of slot never get mixed up with their neighbours: where slots are is never changed.
 */
import { inspect } from 'node:util';
import { describe, now, registerShareable, SHARE, type Shareable, type ShareRecord } from '@manycore/core/internal';
import { NamedMemoryError } from './errors.js';
import { BOOLEAN, BYTES, FLOAT, INT, layOut, NONE, NULL, readHead, TEXT, writeHead, type ListLayout } from './list-layout.js';
import { codeOf, Float, formatOf, isSame, pack, slotBytesOf, type Packed, type ShareableValue, type SharedValue } from './list-value.js';
import { checkIndex } from './list-index.js';
import { checkName, mustBeBoolean } from './name.js';
import { createSegment, openSegment } from './segment.js';
import { arrivedSegment } from './sent-segment.js';
import { SharedMemory } from './shared-memory.js';

const TYPE = 'manycore.ShareableList';
const UNIT = 8;
/** How often an item is read again that somebody changes meanwhile. */
const MOST_READS = 100;
/** How much longer one that makes no sense is read: its writer may have lost its CPU half-way. CPython empties the place of a number, and that of its format, before it writes them. */
const WRITING_MS = 200;

registerShareable(TYPE, { module: import.meta.url, rebuild: (ref, state) => new ShareableList(undefined, { memory: new SharedMemory(arrivedSegment(ref, state)) }) });

/** Options of a `ShareableList`. */
export interface ShareableListOptions {
  /** With values: of the new segment (default: made up); without: of the list to attach to. */
  name?: string | null | undefined;
  /** As `SharedMemory`. */
  track?: boolean | undefined;
}

/** @internal */
interface Given {
  readonly memory: SharedMemory;
}

/** The list's segment as words and bytes. */
interface Contents {
  readonly bytes: Buffer;
  readonly words: BigInt64Array;
  readonly doubles: Float64Array;
}

/** As long as the segment is open: a list that was closed must not keep its memory. */
const contentsByBuf = new WeakMap<Uint8Array, Contents>();

/**
 * A list of fixed length in a named segment, which CPython's `ShareableList` reads and writes at the same time.
 *
 * Items are numbers, bigints, booleans, strings, bytes and null. Whole numbers are int64 in memory, others float64 (`ShareableList.float(1)` makes a float of a whole one); -0 is the integer 0. Integers are
 * read as `number`, beyond 2^53 as `bigint`. An item may be replaced by one of another kind; text and bytes only by as many as had room at first: the next multiple of 8 *above* their length. NULs at the end
 * of text or bytes are lost, as in CPython.
 *
 * It can be sent to any process or thread of this tree. It has no lock, and neither has CPython's: an item that one side changes while the other reads it may be read half changed. Only a number, boolean or null
 * that is put here in place of one of its kind never is; CPython makes each item 0 before it writes it.
 *
 * @example
 * const list = new ShareableList(['ready', 0, null], { name: 'jobs' });
 * list.set(1, 42);
 * // In Python: ShareableList(name='jobs')[1]
 * list.shm.unlink();
 *
 * @see Python `multiprocessing.shared_memory.ShareableList`. Differs: room for text is by bytes, not by characters; a value that is refused leaves the item as it was; `indexOf` gives -1.
 */
export class ShareableList implements Shareable {
  /** The segment: for its name, `close` and `unlink`. */
  readonly shm: SharedMemory;
  readonly #layout: ListLayout;

  /**
   * Makes a list of `values`; without them, attaches to the list called `name`, or makes an empty one where there is no name either.
   *
   * @throws TypeError, RangeError for a value that cannot be in a list, an integer beyond 64 bits, an item longer than 9 999 991 bytes; what `SharedMemory` throws; NamedMemoryError when the segment to attach to
   *   holds no list.
   */
  constructor(values?: Iterable<ShareableValue> | null, options?: ShareableListOptions);
  /** @internal */
  constructor(values: undefined, given: Given);
  constructor(values?: Iterable<ShareableValue> | null, options: ShareableListOptions | Given = {}) {
    if (typeof options !== 'object' || options === null) throw new TypeError(`ShareableList: expected options, as in { name: 'jobs' }, got ${describe(options)}.`);
    this.shm = 'memory' in options ? options.memory : open(values ?? undefined, options);
    const { buf, name } = this.shm;
    const layout = readHead(new DataView(buf.buffer, 0, buf.length));
    if (layout === undefined) throw new NamedMemoryError(`ShareableList: segment ${name} holds no list.`);
    this.#layout = layout;
  }

  /** A number as a float of the list, also when it is whole: `list.set(0, ShareableList.float(1))`. @throws TypeError for what is no number. */
  static float(value: number): Float {
    if (typeof value !== 'number') throw new TypeError(`ShareableList.float: expected a number, got ${describe(value)}.`);
    return new Float(value);
  }

  /** How many items there are; fixed. */
  get length(): number {
    return this.#layout.length;
  }

  /** The formats of all items, one behind the other, as Python's `struct` has them. */
  get format(): string {
    const contents = this.#contents();
    return Array.from({ length: this.length }, (_, i) => this.#formatAt(contents, i)).join('');
  }

  /**
   * The item at `index`; negative from the end. Bytes are a copy.
   * @throws RangeError outside of the list; ClosedError after `shm.close`; NamedMemoryError when what is there was written by nobody who knows the layout.
   */
  at(index: number): SharedValue {
    return this.#read(this.#contents(), checkIndex(index, this.length, 'ShareableList.at'));
  }

  /**
   * Replaces the item at `index`; negative from the end.
   * @throws RangeError outside of the list, for text or bytes that have no room, for an integer beyond 64 bits; TypeError for what cannot be in a list; ClosedError after `shm.close`. Then the item is as it was.
   */
  set(index: number, value: ShareableValue): void {
    const contents = this.#contents();
    const at = checkIndex(index, this.length, 'ShareableList.set');
    const packed = pack(value, 'ShareableList.set: the value');
    const room = this.#layout.slots[at + 1]! - this.#layout.slots[at]!;
    if ('bytes' in packed && packed.bytes.length > room) {
      throw new RangeError(`ShareableList.set: a value of ${packed.bytes.length} bytes exceeds available storage: item ${at} has ${room}, for as long as the list exists.`);
    }
    write(contents, this.#layout, at, packed);
  }

  /** The index of the first item that is `value` (numbers by what they are worth, bytes by their contents, nothing else is converted), -1 when there is none. Python: `index`. */
  indexOf(value: ShareableValue): number {
    let index = 0;
    for (const item of this) {
      if (isSame(item, value)) return index;
      index++;
    }
    return -1;
  }

  /** How many items are `value`, as `indexOf` compares. */
  count(value: ShareableValue): number {
    let found = 0;
    for (const item of this) if (isSame(item, value)) found++;
    return found;
  }

  /** Each item, as it is when it is reached. */
  *[Symbol.iterator](): IterableIterator<SharedValue> {
    for (let i = 0; i < this.length; i++) yield this.#read(this.#contents(), i);
  }

  /** A plain array of the items. */
  toJSON(): SharedValue[] {
    return [...this];
  }

  /** As `shm.close`. */
  [Symbol.dispose](): void {
    this.shm.close();
  }

  [SHARE](): ShareRecord {
    return { ...this.shm[SHARE](), type: TYPE };
  }

  [inspect.custom](_depth: number, options: object): string {
    let items;
    try {
      items = inspect([...this], options);
    } catch (error) {
      items = (error as Error).name === 'ClosedError' ? 'closed' : 'damaged';
    }
    return `<ShareableList('${this.shm.name}', ${items})>`;
  }

  /** @throws ClosedError */
  #contents(): Contents {
    const { buf } = this.shm;
    let contents = contentsByBuf.get(buf);
    if (contents === undefined) contentsByBuf.set(buf, (contents = contentsOf(buf)));
    return contents;
  }

  #formatAt({ bytes }: Contents, index: number): string {
    const at = this.#layout.formats + UNIT * index;
    return bytes.toString('latin1', at, at + UNIT).replace(/\0+$/, '');
  }

  /** Blocks for `WRITING_MS` at the most. @throws NamedMemoryError */
  #read(contents: Contents, index: number): SharedValue {
    let until = 0;
    for (let reads = 0; reads < MOST_READS || now() < until; reads++) {
      const format = this.#formatAt(contents, index);
      const code = contents.bytes[this.#layout.codes + index];
      const value = valueOf(contents, this.#layout.slots[index]!, this.#layout.slots[index + 1]!, format, code);
      if (value !== undefined && this.#formatAt(contents, index) === format && contents.bytes[this.#layout.codes + index] === code) return value;
      if (reads === MOST_READS - 1) until = now() + WRITING_MS;
    }
    throw new NamedMemoryError(`ShareableList: item ${index} of ${this.shm.name} makes no sense (format ${JSON.stringify(this.#formatAt(contents, index))}): somebody else writes into this segment.`);
  }
}

function open(values: Iterable<ShareableValue> | undefined, { name, track }: ShareableListOptions): SharedMemory {
  if (track !== undefined) mustBeBoolean(track, 'ShareableList: track');
  const wanted = name === undefined || name === null ? undefined : checkName(name, 'ShareableList: name');
  if (values === undefined && wanted !== undefined) return new SharedMemory(openSegment('ShareableList', wanted, { track: track ?? false }));
  if (values !== undefined && typeof (values as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') throw new TypeError(`ShareableList: the values must be iterable, got ${describe(values)}.`);
  const packed = Array.from(values ?? [], (value, i) => pack(value, `ShareableList: item ${i}`));
  const layout = layOut(packed.map(slotBytesOf));
  const fill = (bytes: Uint8Array): void => {
    writeHead(new DataView(bytes.buffer, 0, bytes.length), layout);
    const contents = contentsOf(bytes);
    for (const [i, item] of packed.entries()) write(contents, layout, i, item);
  };
  return new SharedMemory(createSegment('ShareableList', { name: wanted, size: layout.bytes, track: track ?? true, fill }));
}

/** Slots are at multiples of 8 from the start of the segment, which is the start of its buffer. */
function contentsOf({ buffer, length }: Uint8Array): Contents {
  const whole = Math.floor(length / UNIT);
  return { bytes: Buffer.from(buffer as ArrayBuffer, 0, length), words: new BigInt64Array(buffer, 0, whole), doubles: new Float64Array(buffer, 0, whole) };
}

function write({ bytes, words, doubles }: Contents, { slots, formats, codes }: ListLayout, index: number, packed: Packed): void {
  const from = slots[index]!;
  const to = slots[index + 1]!;
  const format = Buffer.alloc(UNIT);
  format.write(formatOf(packed, to - from), 'latin1');
  const formatWord = formats / UNIT + index;
  // What is the same need not be written, and then nobody sees it change.
  if (Atomics.load(words, formatWord) !== format.readBigInt64LE()) Atomics.store(words, formatWord, format.readBigInt64LE());
  if (bytes[codes + index] !== codeOf(packed)) bytes[codes + index] = codeOf(packed);
  switch (packed.kind) {
    case 'int':
      Atomics.store(words, from / UNIT, packed.bits);
      break;
    case 'float':
      doubles[from / UNIT] = packed.number;
      break;
    case 'boolean':
      Atomics.store(words, from / UNIT, packed.on ? 1n << 56n : 0n);
      break;
    case 'null':
      Atomics.store(words, from / UNIT, 0n);
      break;
    default:
      bytes.set(packed.bytes, from);
      bytes.fill(0, from + packed.bytes.length, to);
  }
}

/** Undefined for what is no item, or one that is being changed. */
function valueOf({ bytes, words, doubles }: Contents, from: number, to: number, format: string, code: number | undefined): SharedValue | undefined {
  if (code === NONE) return null;
  switch (format) {
    case INT:
      return numberOf(Atomics.load(words, from / UNIT));
    case FLOAT:
      return doubles[from / UNIT]!;
    case BOOLEAN:
      return bytes[from + UNIT - 1] !== 0;
    case NULL:
      return null;
  }
  const digits = /^(\d{1,7})s$/.exec(format)?.[1];
  const end = from + Number(digits ?? NaN);
  if (!(end <= to) || (code !== TEXT && code !== BYTES)) return undefined;
  const copy = new Uint8Array(end - from);
  copy.set(bytes.subarray(from, end));
  let length = copy.length;
  while (length > 0 && copy[length - 1] === 0) length--;
  return code === TEXT ? Buffer.from(copy.buffer, 0, length).toString('utf8') : copy.slice(0, length);
}

const numberOf = (bits: bigint): number | bigint => (BigInt(Number(bits)) === bits && Number.isSafeInteger(Number(bits)) ? Number(bits) : bits);
