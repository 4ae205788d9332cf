/** Random values that structured clone accepts. */
import * as fc from 'fast-check';

const primitive = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 0, -0, NaN, Infinity, -Infinity, 63, 62, -1, -2, 2 ** 31, -(2 ** 31), 2 ** 53, ''),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
);

const key = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('id', 'name', '__proto__', 'constructor', 'toString', '0', '17', 'length', 'é', '日本'),
);

const leaf = fc.oneof(
  { weight: 6, arbitrary: primitive },
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(/a+b/gi, /[/\\]\u{1F600}/u, new RegExp('')),
  fc.uint8Array({ maxLength: 40 }),
  fc.float64Array({ maxLength: 20 }),
  fc.bigInt64Array({ maxLength: 5 }),
  fc.array(fc.integer(), { maxLength: 70 }),
  fc.array(fc.double(), { maxLength: 70 }),
  fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.bigInt()).map((value) => Object(value) as object),
);

type Container = Record<string, unknown> | unknown[] | Map<unknown, unknown> | Set<unknown>;

const make: Record<string, () => Container> = {
  object: () => ({}),
  bare: () => Object.create(null) as Container,
  array: () => [],
  map: () => new Map(),
  set: () => new Set(),
};

/** Containers linked at random: trees, shared parts and cycles, with holes and named properties on arrays. */
export const graph: fc.Arbitrary<unknown> = fc
  .record({
    kinds: fc.array(fc.constantFrom(...Object.keys(make)), { minLength: 1, maxLength: 20 }),
    leaves: fc.array(leaf, { minLength: 1, maxLength: 20 }),
    links: fc.array(fc.record({ from: fc.nat(), to: fc.nat(), leaf: fc.boolean(), key, index: fc.nat(30) }), { maxLength: 60 }),
  })
  .map(({ kinds, leaves, links }) => {
    const containers = kinds.map((kind) => make[kind]!());
    for (const [number, link] of links.entries()) {
      // The first links make most containers reachable.
      const from = containers[number < containers.length - 1 ? link.from % (number + 1) : link.from % containers.length]!;
      const target = number < containers.length - 1 ? containers[number + 1] : containers[link.to % containers.length];
      put(from, link, link.leaf ? leaves[link.to % leaves.length] : target);
    }
    return containers[0];
  });

function put(container: Container, { key, index }: { key: string; index: number }, value: unknown): void {
  if (container instanceof Map) container.set(index % 2 === 0 ? key : value, value);
  else if (container instanceof Set) container.add(value);
  else if (Array.isArray(container) && (index < 25 || key === 'length')) container[index] = value;
  else Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}
