/** Objects that are neither plain nor arrays, to bytes; and the refusal of those that cannot leave their process. */
import { types } from 'node:util';
import { writeBuffer, writeView } from './encode-binary.js';
import { writeError } from './encode-error.js';
import { writeShare } from './encode-share.js';
import type { Encoder } from './encoder.js';
import { Kind, kindOf } from './kind.js';
import { CollectionStep } from './path.js';
import { reducerOf, type Reducer } from './reducer.js';
import { SHARE, type Shareable } from './shareable.js';
import { Tag, TypeKind } from './tag.js';
import type { Transfer } from './transfer.js';

export function writeExotic(out: Encoder, value: object, prototype: object | null): void {
  if (prototype === null) {
    if (types.isModuleNamespaceObject(value)) throw out.refused('is a module namespace; copy what you need into an object');
    out.plain(value);
    return;
  }
  const reducer = reducerOf(prototype);
  if (reducer !== undefined) {
    writeReduced(out, value, reducer);
    return;
  }
  switch (kindOf(prototype)) {
    case Kind.Plain:
      out.plain(value);
      return;
    case Kind.Shareable:
      writeShare(out, (value as Shareable)[SHARE]());
      return;
    case Kind.Transfer:
      writeTransfer(out, value as Transfer);
      return;
    case Kind.Error:
      writeError(out, value as Error);
      return;
    case Kind.Builtin:
      if (!writeBuiltin(out, value)) out.plain(value);
      return;
    case Kind.Host:
      if (!writeBuiltin(out, value)) throw out.refused(describeHost(value));
  }
}

/** Goes by internal slots, as structured clone does: prototypes may be anything. Returns false when the object has none we know. */
function writeBuiltin(out: Encoder, value: object): boolean {
  if (ArrayBuffer.isView(value)) writeView(out, value);
  else if (types.isMap(value)) writeMap(out, value);
  else if (types.isSet(value)) writeSet(out, value);
  else if (types.isDate(value)) {
    out.byte(Tag.Date);
    out.double(Date.prototype.getTime.call(value));
  } else if (types.isRegExp(value)) {
    out.byte(Tag.RegExp);
    out.string(sourceOf.call(value));
    out.string(flagsOf.call(value));
  } else if (types.isAnyArrayBuffer(value)) writeBuffer(out, value);
  else if (types.isNativeError(value)) writeError(out, value);
  else if (types.isBoxedPrimitive(value)) {
    if (types.isSymbolObject(value)) throw out.refused('is a Symbol object');
    out.byte(Tag.Boxed);
    out.value(unboxed(value));
  } else return false;
  return true;
}

const getter = (property: string): (() => string) => Object.getOwnPropertyDescriptor(RegExp.prototype, property)!.get as () => string;
const sourceOf = getter('source');
const flagsOf = getter('flags');

function unboxed(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  return types.isBooleanObject(value) ? Boolean.prototype.valueOf.call(value) : BigInt.prototype.valueOf.call(value);
}

// Entries are listed before any of them is written: a getter may change the collection.
function writeMap(out: Encoder, map: Map<unknown, unknown>): void {
  const entries = [...(Map.prototype.entries.call(map) as MapIterator<[unknown, unknown]>)];
  out.byte(Tag.Map);
  out.varint(entries.length);
  const { depth, path } = out;
  out.depth = depth + 1;
  for (let i = 0; i < entries.length; i++) {
    const [key, value] = entries[i]!;
    path[depth] = new CollectionStep('key', i);
    out.value(key);
    path[depth] = new CollectionStep('value', i, key);
    out.value(value);
  }
  out.depth = depth;
  path[depth] = 0;
}

function writeSet(out: Encoder, set: Set<unknown>): void {
  const items = [...(Set.prototype.values.call(set) as SetIterator<unknown>)];
  out.byte(Tag.Set);
  out.varint(items.length);
  const { depth, path } = out;
  out.depth = depth + 1;
  for (let i = 0; i < items.length; i++) {
    path[depth] = new CollectionStep('item', i);
    out.value(items[i]);
  }
  out.depth = depth;
  path[depth] = 0;
}

function writeReduced(out: Encoder, value: object, reducer: Reducer): void {
  const start = out.pos;
  out.byte(Tag.Reduced);
  out.varint(out.table.addType(TypeKind.Reduced, reducer.name, reducer.module));
  out.reducing.push(start);
  out.value(reducer.reduce(value));
  out.reducing.pop();
}

function writeTransfer(out: Encoder, wrapper: Transfer): void {
  const { value, list } = wrapper;
  if (list !== undefined) {
    for (const buffer of list) out.giveAway(buffer);
    out.value(value);
    return;
  }
  const before = out.givingAway;
  out.givingAway = true;
  out.value(value);
  out.givingAway = before;
}

function describeHost(value: object): string {
  if (types.isPromise(value)) return 'is a Promise; await it first';
  const constructor: unknown = (value as { constructor?: unknown }).constructor;
  const inherited = typeof constructor === 'function' ? constructor.name : '';
  // Iterators and generators have no constructor of their own; what they inherit depends on the version of Node.
  const name = ['', 'Object', 'Iterator'].includes(inherited) ? Object.prototype.toString.call(value).slice(8, -1) : inherited;
  return `is an instance of ${name}, which cannot be sent to another process`;
}
