/** Random values: those that structured clone accepts, those with errors in them, and those with something in them that it refuses. */
import * as fc from 'fast-check';

/** As `fc.string({ unit: 'binary' })`, which makes a table of all characters first: that takes longer than most tests. */
const wide = (constraints: fc.ArrayConstraints): fc.Arbitrary<string> =>
  fc.array(fc.nat(0x10f7ff), constraints).map((points) => String.fromCodePoint(...points.map((point) => (point < 0xd800 ? point : point + 0x800))));

const primitive = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 0, -0, NaN, Infinity, -Infinity, 63, 62, -1, -2, 2 ** 31, -(2 ** 31), 2 ** 53, ''),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  fc.string({ maxLength: 80 }),
  wide({ maxLength: 80 }),
  fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
);

const key = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('id', 'name', '__proto__', 'constructor', 'toString', '0', '17', 'length', 'é', '日本'),
);

/** Wrapper objects, those of the numbers that are easily mistaken included. */
const boxed = fc
  .oneof(fc.double(), fc.string(), fc.boolean(), fc.bigInt(), fc.constantFrom(-0, NaN, '', '\ud800'))
  .map((value) => Object(value) as object);

const leaf = fc.oneof(
  { weight: 6, arbitrary: primitive },
  fc.date({ noInvalidDate: false }),
  fc.constant(0).map(() => new Date(NaN)),
  fc.constantFrom(/a+b/gi, /[/\\]\u{1F600}/u, new RegExp('')),
  fc.uint8Array({ maxLength: 40 }),
  fc.float64Array({ maxLength: 20 }),
  fc.bigInt64Array({ maxLength: 5 }),
  fc.array(fc.integer(), { maxLength: 70 }),
  fc.array(fc.double(), { maxLength: 70 }),
  boxed,
);

type Resizable = ArrayBuffer & { readonly maxByteLength: number; resize(bytes: number): void };
type View = new (buffer: ArrayBuffer, byteOffset: number, length?: number) => ArrayBufferView;

const VIEWS = [
  DataView, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array,
  // From Node 24 on.
  ...('Float16Array' in globalThis ? [(globalThis as Record<string, unknown>)['Float16Array']] : []),
] as (View & { readonly BYTES_PER_ELEMENT?: number })[];

const viewPlan = fc.record({ View: fc.constantFrom(...VIEWS), offset: fc.nat(64), length: fc.option(fc.nat(16), { nil: undefined }) });

function familyOf(buffer: ArrayBuffer, plans: readonly { View: (typeof VIEWS)[number]; offset: number; length: number | undefined }[], follow: boolean): object[] {
  const bytes = new Uint8Array(buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = i * 37;
  const views = plans.map(({ View, offset, length }) => {
    const size = View.BYTES_PER_ELEMENT ?? 1;
    const start = Math.floor(Math.min(offset, buffer.byteLength) / size) * size;
    const room = Math.floor((buffer.byteLength - start) / size);
    return follow && length === undefined && (buffer.byteLength - start) % size === 0 ? new View(buffer, start) : new View(buffer, start, Math.min(length ?? room, room));
  });
  return [buffer, ...views];
}

/** One buffer and views of all kinds on it. */
const fixedFamily = fc.record({ bytes: fc.nat(64), plans: fc.array(viewPlan, { maxLength: 4 }) }).map(({ bytes, plans }) => familyOf(new ArrayBuffer(bytes), plans, false));

/** The same over a resizable buffer; a view without a length follows it. */
export const resizableFamily = fc
  .record({ bytes: fc.nat(64), more: fc.nat(64), plans: fc.array(viewPlan, { maxLength: 4 }) })
  .map(({ bytes, more, plans }) => {
    const Buffer = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;
    return familyOf(new Buffer(bytes, { maxByteLength: bytes + more }), plans, true) as [Resizable, ...ArrayBufferView[]];
  });

/** Several values at once: buffers come with the views on them. */
const leaves = fc.oneof({ weight: 6, arbitrary: leaf.map((value) => [value]) }, fixedFamily, resizableFamily);

/** What cannot leave its process, for structured clone as for the codec. */
export const refused: fc.Arbitrary<unknown> = fc.constantFrom<() => unknown>(
  () => Symbol('s'), () => () => 1, () => class {}, () => async () => 1, () => Object(Symbol('s')), () => new WeakMap(), () => new WeakSet(), () => new WeakRef({}),
  () => Promise.resolve(1), () => new Proxy({}, {}), () => new Proxy([], {}), () => (function* () {})(), () => [1].values(), () => new Map().keys(),
).map((make) => make());

type Container = Record<string, unknown> | unknown[] | Map<unknown, unknown> | Set<unknown> | Error;

const containers: Record<string, () => Container> = {
  object: () => ({}),
  symbolic: () => ({ [Symbol('not sent')]: () => 1 }),
  array: () => [],
  map: () => new Map(),
  set: () => new Set(),
};
/** Arrives with a prototype. */
const bare = { bare: (): Container => Object.create(null) as Container };

const errors: Record<string, () => Container> = Object.fromEntries(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map((Class) => [Class.name, () => new Class(`a ${Class.name}`)]),
);
errors['AggregateError'] = () => new AggregateError([], 'several');
errors['without a message'] = () => new Error();

/** Containers linked at random: trees, shared parts and cycles, with holes and named properties on arrays. */
function graphOf(make: Record<string, () => Container>, leaves: fc.Arbitrary<unknown[]>): fc.Arbitrary<unknown> {
  return fc
    .record({
      kinds: fc.array(fc.constantFrom(...Object.keys(make)), { minLength: 1, maxLength: 20 }),
      leaves: fc.array(leaves, { minLength: 1, maxLength: 20 }).map((lists) => lists.flat()),
      links: fc.array(fc.record({ from: fc.nat(), to: fc.nat(), leaf: fc.boolean(), key, index: fc.nat(30) }), { maxLength: 60 }),
    })
    .map(({ kinds, leaves, links }) => {
      const made = kinds.map((kind) => make[kind]!());
      for (const [number, link] of links.entries()) {
        // The first links make most containers reachable.
        const from = made[number < made.length - 1 ? link.from % (number + 1) : link.from % made.length]!;
        const target = number < made.length - 1 ? made[number + 1] : made[link.to % made.length];
        put(from, link, link.leaf ? leaves[link.to % leaves.length] : target);
      }
      return made[0];
    });
}

function put(container: Container, { key, index }: { key: string; index: number }, value: unknown): void {
  if (container instanceof Map) container.set(index % 2 === 0 ? key : value, value);
  else if (container instanceof Set) container.add(value);
  else if (container instanceof Error) attach(container, key, index, value);
  else if (Array.isArray(container) && (index < 25 || key === 'length')) container[index] = value;
  else Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}

function attach(error: Error, key: string, index: number, value: unknown): void {
  if (index % 3 === 0) Object.defineProperty(error, 'cause', { value, enumerable: false, writable: true, configurable: true });
  else if (index % 3 === 1 && error instanceof AggregateError) error.errors.push(value);
  else Object.defineProperty(error, `own ${key}`, { value, enumerable: true, writable: true, configurable: true });
}

export const graph = graphOf({ ...containers, ...bare }, leaves);

/** With errors among the containers: their causes, `errors` and own properties are links like any other. */
export const graphWithErrors = graphOf({ ...containers, ...errors }, leaves);

/** With something among the leaves that cannot be sent; whether it is reached is left to chance. */
export const graphWithRefused = graphOf({ ...containers, ...bare }, fc.oneof({ weight: 3, arbitrary: leaves }, refused.map((value) => [value])));

/** Containers inside of one another, hundreds of levels deep. */
export const chain: fc.Arbitrary<unknown> = fc
  .record({ kinds: fc.array(fc.constantFrom(...Object.keys({ ...containers, ...bare })), { minLength: 100, maxLength: 600 }), links: fc.infiniteStream(fc.record({ key, index: fc.nat(24) })), end: leaf })
  .map(({ kinds, links, end }) =>
    kinds.reduce((inner: unknown, kind) => {
      const outer = { ...containers, ...bare }[kind]!();
      put(outer, links.next().value as { key: string; index: number }, inner);
      return outer;
    }, end),
  );

/** Strings of up to a million characters, of one byte or two, whole or torn. */
export const longString = fc
  .record({ unit: fc.oneof(fc.string({ minLength: 1, maxLength: 5 }), wide({ minLength: 1, maxLength: 5 }), fc.constantFrom('\udfff', 'x\ud83d', '\xff', '\u0100')), times: fc.nat(200_000) })
  .map(({ unit, times }) => unit.repeat(times));
