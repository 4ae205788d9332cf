/**
 * Values to bytes, in one walk that decides everything: what is plain, what is an object of ours or lies in shared memory, what a reducer
 * handles, what is to be given away, and what cannot be sent, with the path to it.
 *
 * This file is the hot part: primitives, plain objects, arrays. `exotic.ts` has the other objects. The bytes are described in `tag.ts`.
 *
 * User code runs during the walk (getters, reducers, `SHARE` methods) and may encode something itself: an encoder that is at work is left
 * alone, a nested call gets one of its own. Errors of user code are thrown on as they are.
 */
import { types } from 'node:util';
import { SerializationError } from '../errors.js';
import { backingOf } from './backing.js';
import { writeArray } from './encode-array.js';
import { buffersToMove, KeptMessage, type Encoded } from './encoded.js';
import { writeExotic } from './exotic.js';
import { Identity } from './identity.js';
import { describePath, describePrimitive, type Step } from './path.js';
import { hasReducers, isReduced } from './reducer.js';
import { emptyShape, type Shape } from './shape.js';
import type { BlockRef } from './shareable.js';
import { isStackOverflow } from './stack-overflow.js';
import { TableWriter } from './table-writer.js';
import { HEADER_BYTES, Tag } from './tag.js';
import { detach } from './transfer.js';
import { Writer } from './writer.js';

const { isProxy } = types;
const hasOwn = Object.prototype.hasOwnProperty;
const NO_REFS: readonly BlockRef[] = Object.freeze([]);
const NO_PAYLOADS: readonly Uint8Array[] = Object.freeze([]);
/** More than this many differently keyed objects do not fit the three bytes of a shape index. */
const MAX_SHAPES = 0xff_ffff;
/** Buffers from this size on may stay apart. A carrier can rely on a message with such buffers being longer. */
const APART_BYTES = 64 * 1024;
/** That many of a message: what a carrier has to say of each must fit what it says them in. */
const MOST_APART = 1024;

let messages = 0;

/** A moment to which the encoder can go back. */
export interface Savepoint {
  readonly pos: number;
  readonly depth: number;
  readonly transfers: number;
  readonly payloads: number;
  readonly reducing: number;
  readonly givingAway: boolean;
}

export class Encoder extends Writer implements Encoded {
  busy = false;
  length = 0;
  head = 0;
  refs: readonly BlockRef[] = NO_REFS;
  payloads: readonly Uint8Array[] = NO_PAYLOADS;
  readonly table = new TableWriter();
  /** Steps from the root to the value being written; those at `depth` and beyond are stale. */
  path: Step[] = [];
  depth = 0;
  /** Whether every buffer found at present is to be given away. */
  givingAway = false;
  transfers: ArrayBuffer[] = [];
  /** Offsets of the objects whose reducers are at work. */
  reducing: number[] = [];
  /** Buffers that stay where they are; undefined when all have to be in the message. */
  private apart: Uint8Array[] | undefined;
  private readonly identity = new Identity();
  private root = '';
  private message = 0;

  run(value: unknown, root: string, isApart: boolean): this {
    this.busy = true;
    this.root = root;
    this.apart = isApart ? [] : undefined;
    this.message = ++messages;
    this.pos = HEADER_BYTES;
    this.shrink();
    if (this.transfers.length > 0) this.transfers = [];
    try {
      this.value(value);
      this.finish();
    } catch (error) {
      const failure = isStackOverflow(error) ? this.tooDeep(error) : error;
      this.path = [];
      this.table.clear();
      this.transfers = [];
      this.apart = undefined;
      this.reducing = [];
      this.givingAway = false;
      throw failure;
    } finally {
      this.identity.clear();
      this.depth = 0;
      this.busy = false;
    }
    return this;
  }

  movePayloads(mostCopied: number, by: (buffers: ArrayBuffer[]) => boolean): boolean {
    const { transfers } = this;
    const buffers = buffersToMove(this.payloads, transfers, mostCopied);
    if (buffers === undefined || !by(buffers)) return false;
    this.transfers = transfers.filter((buffer) => !buffers.includes(buffer));
    this.payloads = NO_PAYLOADS;
    this.length = this.head;
    return true;
  }

  commit(): void {
    const given = this.transfers;
    if (given.length > 0) {
      this.transfers = [];
      for (const buffer of given) detach(buffer);
    }
    this.refs = NO_REFS;
    this.payloads = NO_PAYLOADS;
    this.shrink();
  }

  append(count: number): number {
    const before = this.head;
    this.pos = before;
    this.align();
    this.reserve(count * 4);
    const at = this.pos / 4;
    this.head = this.pos += count * 4;
    this.length += this.head - before;
    return at;
  }

  keep(sent = 0): Encoded {
    const kept = new KeptMessage(this, sent, this.transfers.splice(0));
    this.payloads = NO_PAYLOADS;
    this.shrink();
    return kept;
  }

  /** Writes any value. */
  value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        this.number(value);
        return;
      case 'string':
        this.string(value);
        return;
      case 'object':
        if (value === null) this.byte(Tag.Null);
        else this.object(value);
        return;
      case 'undefined':
        this.byte(Tag.Undefined);
        return;
      case 'boolean':
        this.byte(value ? Tag.True : Tag.False);
        return;
      case 'bigint':
        this.bigint(value);
        return;
      default:
        throw this.refused(describePrimitive(value));
    }
  }

  private object(value: object): void {
    if (isProxy(value)) throw this.refused('is a Proxy');
    const earlier = this.identity.find(value, this.pos);
    if (earlier >= 0) {
      this.reference(earlier);
      return;
    }
    if (Array.isArray(value)) {
      if (hasReducers() && isReduced(value)) writeExotic(this, value, Object.getPrototypeOf(value) as object);
      else writeArray(this, value);
      return;
    }
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === Object.prototype) this.plain(value);
    else writeExotic(this, value, prototype);
  }

  /** Writes the own enumerable string properties of an object. */
  plain(value: object): void {
    this.reserve(4);
    const start = this.pos;
    // At once, not at the end: a reference from inside marks the tag.
    this.bytes[start] = Tag.Object;
    this.pos = start + 4;
    let shape = emptyShape;
    const { depth, path } = this;
    this.depth = depth + 1;
    // With `for … in`, V8 loads the values by position, whatever the shape. The price is that inherited keys have to be left out.
    for (const key in value) {
      if (!hasOwn.call(value, key)) continue;
      shape = shape.with(key);
      path[depth] = key;
      this.value((value as Record<string, unknown>)[key]);
    }
    this.depth = depth;
    const index = shape.message === this.message ? shape.index : this.mention(shape);
    const { bytes } = this;
    bytes[start + 1] = index;
    bytes[start + 2] = index >> 8;
    bytes[start + 3] = index >> 16;
  }

  private mention(shape: Shape): number {
    shape.message = this.message;
    shape.index = this.table.addShape(shape);
    if (shape.index > MAX_SHAPES) throw this.refused(`holds more than ${MAX_SHAPES} objects with different keys`);
    return shape.index;
  }

  /** The object written at `position` once more. */
  private reference(position: number): void {
    let target = position;
    // A wrapper of transfer() is at the same place as what it wraps, which may itself have come before.
    while (this.bytes[target] === Tag.Reference) target = this.view.getUint32(target + 1, true);
    if (this.reducing.includes(target))
      throw this.refused('refers to the object whose reducer made it; a reducer must not return its own object');
    this.bytes[target]! |= Tag.Marked;
    this.byte(Tag.Reference);
    this.uint32(target);
  }

  /** Writes named properties, each with its key. Used where objects of one shape are not to be expected. */
  properties(value: object, keys: readonly string[]): void {
    this.varint(keys.length);
    const { depth, path } = this;
    this.depth = depth + 1;
    for (const key of keys) {
      path[depth] = key;
      this.string(key);
      this.value((value as Record<string, unknown>)[key]);
    }
    this.depth = depth;
  }

  save(): Savepoint {
    const { pos, depth, transfers, apart, reducing, givingAway } = this;
    return { pos, depth, transfers: transfers.length, payloads: apart?.length ?? 0, reducing: reducing.length, givingAway };
  }

  /** Takes back what was written since. Shapes and blocks mentioned since stay in the table, where they do no harm. */
  rollback(to: Savepoint): void {
    this.pos = to.pos;
    this.depth = this.path.length = to.depth;
    this.transfers.length = to.transfers;
    if (this.apart !== undefined) this.apart.length = to.payloads;
    this.reducing.length = to.reducing;
    this.givingAway = to.givingAway;
    this.identity.forgetFrom(to.pos);
  }

  /** @param problem - continues a sentence that starts with the path, e.g. `is a function`. */
  refused(problem: string, cause?: unknown): SerializationError {
    const message = `${describePath(this.root, this.path.slice(0, this.depth))} ${problem}`;
    return new SerializationError(message, cause === undefined ? {} : { cause });
  }

  /** Notes a buffer that is to be detached once the message is stored. Session memory is only referred to, and stays. */
  giveAway(buffer: ArrayBuffer): void {
    if (backingOf(buffer) === undefined && !this.transfers.includes(buffer)) this.transfers.push(buffer);
  }

  /** Whether a buffer is sent from where it is; its bytes are in the message else. */
  leaveApart(bytes: Uint8Array): boolean {
    const { apart } = this;
    if (apart === undefined || bytes.length < APART_BYTES || apart.length === MOST_APART) return false;
    apart.push(bytes);
    return true;
  }

  private tooDeep(cause: unknown): SerializationError {
    const path = describePath(this.root, this.path.slice(0, 8));
    return new SerializationError(`${path}… is nested too deeply for the stack of this thread; send it in a flatter form`, { cause });
  }

  private finish(): void {
    const offset = this.table.empty ? 0 : this.pos;
    this.view.setUint32(0, offset, true);
    this.refs = NO_REFS;
    if (offset !== 0) {
      this.refs = this.table.refs ?? NO_REFS;
      this.table.write(this);
      this.view.setUint32(0, offset, true);
    }
    this.length = this.head = this.pos;
    this.payloads = this.apart ?? NO_PAYLOADS;
    this.apart = undefined;
    for (const payload of this.payloads) {
      // Of user code that ran after the buffer was met.
      if (payload.length === 0) throw new SerializationError(`${this.root} holds a buffer that was detached while ${this.root} was being read`);
      this.length += payload.length;
    }
  }
}
