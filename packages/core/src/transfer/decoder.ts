/**
 * Bytes to values; the counterpart of `encoder.ts`. The bytes are described in `tag.ts`.
 *
 * Nothing in the bytes is trusted: damage ends in a SerializationError. Only the modules of types may run code, and only `file:` URLs are
 * loaded, so bytes that come over a network must be authenticated before they get here.
 *
 * User code runs during decoding (rebuild functions, modules) and may decode something itself: a nested call gets a decoder of its own.
 */
import { ManycoreError, SerializationError } from '../errors.js';
import type { TextBuffer } from './buffer-text.js';
import { readArray, readDoubles, readInt32s, readProperties, readSparseArray } from './decode-array.js';
import { readApartBuffer, readArrayBuffer, readBuffer, readResizableBuffer, readView } from './decode-binary.js';
import { readError } from './decode-error.js';
import { readReduced, readShareable } from './decode-share.js';
import { importType, missingModule } from './module.js';
import { EMPTY, Reader } from './reader.js';
import type { BlockRef } from './shareable.js';
import { isStackOverflow } from './stack-overflow.js';
import { readTable, type Table } from './table-reader.js';
import { SMALL_MIN, Tag } from './tag.js';

export interface DecodeOptions {
  /** The bytes are the caller's own and never change again: large Buffers may be views on them instead of copies. Default false. */
  readonly own?: boolean;
  /**
   * The bytes come from outside of the process tree: no module is loaded for a type in them, only reducers that this thread registered are used, and objects in shared memory are refused,
   * as they would be whatever lies there in our own memory. Default false.
   */
  readonly foreign?: boolean;
  /** What `encodeApart` left apart, each in an ArrayBuffer that is the value's from now on. Default: none. */
  readonly payloads?: readonly ArrayBuffer[];
  /** Stack lines (`    at …`) that follow the remote stack of an error. Default: where `decode` was called. */
  readonly callSite?: string;
}

const NO_TABLE: Table = { shapes: [], types: [], blocks: [] };
const NO_OPTIONS: DecodeOptions = {};

export class Decoder extends Reader {
  busy = false;
  own = false;
  /** How many errors the value being read is inside of. */
  errorDepth = 0;
  private table: Table = NO_TABLE;
  private options = NO_OPTIONS;
  private payloadsRead = 0;
  /** Objects that are referred to again, by the offset of their tag. */
  private marked: Map<number, unknown> | undefined;

  run(bytes: Buffer, start: number, end: number, options: DecodeOptions): unknown {
    this.busy = true;
    this.open(bytes, start, end);
    this.own = options.own === true;
    this.options = options;
    this.payloadsRead = 0;
    try {
      this.table = readTable(this);
      const value = this.value();
      if (this.pos !== this.end) throw this.damaged('something follows the value');
      return value;
    } catch (error) {
      throw this.explained(error);
    } finally {
      this.busy = false;
      this.bytes = EMPTY;
      this.table = NO_TABLE;
      this.options = NO_OPTIONS;
      this.marked = undefined;
      this.errorDepth = 0;
    }
  }

  /** The table alone, see `loadModules` and `blocksOf`. */
  tableOf(bytes: Buffer, start: number, end: number): Table {
    this.open(bytes, start, end);
    try {
      return readTable(this);
    } catch (error) {
      throw this.explained(error);
    } finally {
      this.bytes = EMPTY;
    }
  }

  private open(bytes: Buffer, start: number, end: number): void {
    const fits = start >= 0 && start <= end && end <= bytes.length;
    if (!fits) throw new RangeError(`decode: there are no bytes ${start} to ${end} in a Buffer of ${bytes.length}`);
    this.bytes = bytes as TextBuffer;
    this.start = this.pos = start;
    this.end = end;
  }

  /** What goes wrong inside the platform (a view that does not fit, a pattern that is none) goes wrong because of the bytes. */
  private explained(error: unknown): unknown {
    if (error instanceof ManycoreError) return error;
    if (isStackOverflow(error)) {
      return new SerializationError('the message is nested too deeply for the stack of this thread', { cause: error });
    }
    return this.damaged(error instanceof Error ? error.message : 'unknown', error);
  }

  /** Reads any value. */
  value(): unknown {
    const { pos } = this;
    if (pos >= this.end) throw this.damaged('a value expected');
    const tag = this.bytes[pos]!;
    this.pos = pos + 1;
    if (tag >= Tag.ShortString) return this.latin1(tag - Tag.ShortString);
    if (tag >= Tag.SmallInteger) return tag - Tag.SmallInteger + SMALL_MIN;
    switch (tag) {
      case Tag.Undefined:
        return undefined;
      case Tag.Null:
        return null;
      case Tag.False:
        return false;
      case Tag.True:
        return true;
      case Tag.Int32:
        return this.int32();
      case Tag.Double:
        return this.double();
      case Tag.BigInt64:
        return this.bigint64();
      case Tag.BigInt:
        return this.bigint();
      case Tag.Latin1:
        return this.latin1(this.varint());
      case Tag.Utf16:
        return this.utf16();
      case Tag.Reference:
        return this.referred();
      case Tag.Object:
        return this.plain(-1);
      case Tag.Array:
        return readArray(this, -1);
      case Tag.Int32Array:
        return readInt32s(this);
      case Tag.DoubleArray:
        return readDoubles(this);
      default:
        return (tag & Tag.Marked) === 0 ? this.object(tag, -1) : this.object(tag & ~Tag.Marked, pos - this.start);
    }
  }

  /**
   * Reads an object.
   *
   * @param mark - its offset when it is referred to again, else -1. Objects that can contain themselves are remembered before their
   *   contents are read.
   */
  private object(tag: number, mark: number): unknown {
    switch (tag) {
      case Tag.Object:
        return this.plain(mark);
      case Tag.Array:
        return readArray(this, mark);
      case Tag.SparseArray:
        return readSparseArray(this, mark);
      case Tag.NamedArray:
        return readProperties(this, readArray(this, mark));
      case Tag.NamedSparseArray:
        return readProperties(this, readSparseArray(this, mark));
      case Tag.NamedInt32Array:
        return readProperties(this, this.remember(mark, readInt32s(this)));
      case Tag.NamedDoubleArray:
        return readProperties(this, this.remember(mark, readDoubles(this)));
      case Tag.Map:
        return this.map(this.remember(mark, new Map()));
      case Tag.Set:
        return this.set(this.remember(mark, new Set()));
      case Tag.Error:
        return readError(this, mark);
      default:
        return this.remember(mark, this.leaf(tag));
    }
  }

  /** Objects that cannot contain themselves. */
  private leaf(tag: number): unknown {
    switch (tag) {
      case Tag.Int32Array:
        return readInt32s(this);
      case Tag.DoubleArray:
        return readDoubles(this);
      case Tag.Date:
        return new Date(this.double());
      case Tag.RegExp:
        return new RegExp(this.string(), this.string());
      case Tag.Boxed:
        return Object(this.value());
      case Tag.ArrayBuffer:
        return readArrayBuffer(this);
      case Tag.ResizableBuffer:
        return readResizableBuffer(this);
      case Tag.View:
        return readView(this);
      case Tag.Buffer:
        return readBuffer(this);
      case Tag.ApartBuffer:
        return readApartBuffer(this);
      case Tag.Shareable:
        return readShareable(this, this.table, this.options.foreign === true);
      case Tag.Reduced:
        return readReduced(this, this.table, this.options.foreign === true);
      default:
        throw this.damaged(`unknown tag ${tag}`);
    }
  }

  nextPayload(): ArrayBuffer | undefined {
    return this.options.payloads?.[this.payloadsRead++];
  }

  remember<T>(mark: number, object: T): T {
    if (mark >= 0) (this.marked ??= new Map()).set(mark, object);
    return object;
  }

  private referred(): unknown {
    const offset = this.uint32();
    const object = this.marked?.get(offset);
    if (object === undefined) throw this.damaged(`no object at ${offset}`);
    return object;
  }

  private plain(mark: number): object {
    const { bytes } = this;
    const pos = this.take(3);
    const shape = this.table.shapes[bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16)];
    if (shape === undefined) throw this.damaged('an object without a shape');
    if (mark < 0) return shape.build(this);
    const target = this.remember(mark, {});
    shape.fill(this, target);
    return target;
  }

  private map(map: Map<unknown, unknown>): Map<unknown, unknown> {
    const count = this.count(2);
    for (let i = 0; i < count; i++) map.set(this.value(), this.value());
    return map;
  }

  private set(set: Set<unknown>): Set<unknown> {
    const count = this.count();
    for (let i = 0; i < count; i++) set.add(this.value());
    return set;
  }

  /** Stack lines for the place where this message is received. */
  callSite(): string {
    if (this.options.callSite !== undefined) return this.options.callSite;
    const here: { stack?: string } = {};
    Error.captureStackTrace(here, decode);
    return here.stack?.split('\n').slice(1).join('\n') ?? '';
  }
}

const shared = new Decoder();
const free = (): Decoder => (shared.busy ? new Decoder() : shared);

/**
 * Decodes the message in `bytes` from `start` to `end`. Does not block, except to load the module of a type that is not known here yet;
 * async callers `await loadModules(…)` first.
 *
 * The value has nothing in common with `bytes`, unless `options.own` says that it may.
 *
 * @throws SerializationError when the bytes are damaged, or a type in them cannot be found or rebuilt. Errors of ours thrown by a rebuild
 *   function are passed on.
 */
export function decode(bytes: Buffer, start: number, end: number, options: DecodeOptions = NO_OPTIONS): unknown {
  return free().run(bytes, start, end, options);
}

/**
 * Imports the modules that register the types a message mentions and that are not known here yet. `decode` does it by itself, but blocks,
 * and cannot load a module that awaits something at its top level.
 *
 * @returns undefined when there is nothing to load, so that the usual case costs no turn of the event loop.
 */
export function loadModules(bytes: Buffer, start: number, end: number): Promise<void> | undefined {
  const missing = free()
    .tableOf(bytes, start, end)
    .types.filter((type) => missingModule(type) !== undefined);
  return missing.length === 0 ? undefined : Promise.all(missing.map(importType)).then(() => undefined);
}

/** The blocks of session memory a message mentions, without decoding its value: the order of `Encoded.refs`. */
export function blocksOf(bytes: Buffer, start: number, end: number): readonly BlockRef[] {
  return free().tableOf(bytes, start, end).blocks;
}
