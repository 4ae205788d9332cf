/**
 * What instances of a prototype are to the encoder, found once for each prototype.
 *
 * Which internal slots an object has is a matter of the object, but its prototype chain tells which ones it can have: an instance of a
 * user's class that inherits from nothing of the platform is plain, and needs none of the many checks that an unknown object needs.
 */
import { SHARE } from './shareable.js';
import { isTransferPrototype } from './transfer.js';

export const enum Kind {
  /** Own properties are all there is. */
  Plain = 1,
  /** May be one of the types the codec knows (Map, Date, …); plain when it is none of them. */
  Builtin,
  /** Belongs to the platform; refused unless it turns out to be one of the types the codec knows. */
  Host,
  Error,
  Shareable,
  Transfer,
}

const kinds = new WeakMap<object, Kind>();

export function kindOf(prototype: object): Kind {
  let kind = kinds.get(prototype);
  if (kind === undefined) kinds.set(prototype, (kind = classify(prototype)));
  return kind;
}

type Prototyped = { readonly prototype: object };

/** Prototypes of the types the codec knows. */
const known = new Set<object>(
  [Map, Set, Date, RegExp, ArrayBuffer, SharedArrayBuffer, DataView, Number, String, Boolean, BigInt, Symbol, Array, Function].map(
    (known: Prototyped) => known.prototype,
  ),
);
const typedArray = Object.getPrototypeOf(Int8Array.prototype) as object;

const generator = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})()) as object) as object;
const asyncGenerator = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})()) as object) as object;
/** Of arrays, maps, sets, strings and matches; and, from Node 22 on, what `map`, `filter` and the like make of an iterator. */
const iterators: readonly (object | undefined)[] = [
  [].values(),
  new Map().keys(),
  new Set().keys(),
  ''[Symbol.iterator](),
  ''.matchAll(/./g),
  ([].values() as { take?(count: number): object }).take?.(0),
];
/** Platform prototypes that have no constructor to be recognised by. */
const hostPrototypes = new Set<object>([generator, asyncGenerator]);
for (const iterator of iterators) if (iterator !== undefined) hostPrototypes.add(Object.getPrototypeOf(iterator) as object);
const iteratorPrototype = Object.getPrototypeOf(generator) as object;

/**
 * Classes that Node writes in JavaScript, so that only their name tells them. What they hold is in private fields or handles; an instance
 * cloned by its own properties would arrive as an empty object.
 */
const PLATFORM_CLASSES = new Set(
  (
    'AbortController AbortSignal Blob BroadcastChannel CompressionStream Crypto CryptoKey CustomEvent DecompressionStream Event ' +
    'EventSource EventTarget File FormData Headers MessageChannel MessageEvent MessagePort Navigator Performance ReadableStream Request ' +
    'Response Storage SubtleCrypto TextDecoder TextEncoder TransformStream URL URLSearchParams WebSocket WritableStream'
  ).split(' '),
);

function classify(prototype: object): Kind {
  if (typeof (prototype as { [SHARE]?: unknown })[SHARE] === 'function') return Kind.Shareable;
  if (isTransferPrototype(prototype)) return Kind.Transfer;
  let kind = Kind.Plain;
  for (let level: object | null = prototype; level !== null; level = Object.getPrototypeOf(level) as object | null) {
    if (level === Error.prototype || isDomException(level)) return Kind.Error;
    if (known.has(level) || level === typedArray) kind = Kind.Builtin;
    else if (isHost(level)) return Kind.Host;
  }
  return kind;
}

function isHost(prototype: object): boolean {
  if (hostPrototypes.has(prototype)) return true;
  if (prototype === iteratorPrototype) return false;
  const parent: unknown = Object.getPrototypeOf(prototype);
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function') return false;
  // Object.prototype, also that of another realm.
  if (parent === null && constructor.name === 'Object') return false;
  if (PLATFORM_CLASSES.has(constructor.name)) return (globalThis as Record<string, unknown>)[constructor.name] === constructor;
  const source = Function.prototype.toString.call(constructor);
  if (source.endsWith('{ [native code] }') && !constructor.name.startsWith('bound ')) return true;
  // The marks of classes that Node clones or transfers between threads in ways of its own: keys, file handles, certificates.
  return Object.getOwnPropertySymbols(prototype).some((symbol) => symbol.description?.startsWith('messaging_') === true);
}

function isDomException(prototype: object): boolean {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' && constructor.name === 'DOMException' && constructor === globalThis.DOMException;
}
