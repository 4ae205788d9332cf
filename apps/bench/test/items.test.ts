import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { itemsOf, mustBeSame } from '../src/program/items.js';
import { findPythons } from '../src/pythons.js';
import { PAYLOADS } from '../src/scenario/work.js';

describe.each(PAYLOADS)('items of kind %s', (payload) => {
  const items = itemsOf(payload);

  it('are the same after a structured clone', () => {
    for (let i = 0; i < 100; i++) expect(items.same(structuredClone(items.make(i)), i)).toBe(true);
  });

  it('differ from their neighbours: a lost, doubled or swapped item is noticed', () => {
    for (let i = 1; i < 100; i++) {
      expect(items.same(items.make(i - 1), i)).toBe(false);
      expect(items.same(items.make(i + 1), i)).toBe(false);
    }
  });

  it('differ from values of another kind', () => {
    for (const other of [undefined, null, 0, '', 'item', [], {}, new Uint8Array(1024)]) expect(items.same(other, 0)).toBe(false);
  });

  it('have an error that names the item', () => {
    expect(() => mustBeSame(items, items.make(4), 5)).toThrow(/^Item 5 arrived as /);
  });
});

describe('a small object', () => {
  const { make, same } = itemsOf('object');
  const item = () => structuredClone(make(3)) as { id: number; name: string; values: number[] };

  it.each([
    ['another name', { ...item(), name: 'other' }],
    ['a number too few', { ...item(), values: item().values.slice(1) }],
    ['another number', { ...item(), values: item().values.with(9, 0) }],
    ['a property too many', { ...item(), more: 1 }],
    ['its id as text', { ...item(), id: '3' }],
  ])('is not taken for the same with %s', (_, changed) => {
    expect(same(changed, 3)).toBe(false);
  });
});

describe.each(['bytes1k', 'bytes1m'] as const)('%s', (payload) => {
  it.each([['first', 0], ['last', -1]])('is not taken for the same when its %s byte is another', (_, at) => {
    const { make, same } = itemsOf(payload);
    const copy = Uint8Array.from(make(2) as Uint8Array);
    const index = at < 0 ? copy.length + at : at;
    copy[index] = (copy[index] as number) ^ 1;
    expect(same(copy, 2)).toBe(false);
  });
});

const [python] = findPythons();
const PRINT_ITEMS = `
import sys, json
sys.path.insert(0, sys.argv[1])
from items import items_of
for payload in ('object', 'string20', 'string100', 'bytes1k', 'bytes1m'):
    for i in (0, 1, 60, 61, 1000):
        item = items_of(payload).make(i)
        print(json.dumps(item.hex()[:4096] if isinstance(item, bytes) else item))
`;

describe.skipIf(python === undefined)('CPython (skipped where there is none)', () => {
  it('sends the same items', () => {
    const folder = fileURLToPath(new URL('../python', import.meta.url));
    const printed = execFileSync(python?.executable ?? '', ['-B', '-c', PRINT_ITEMS, folder], { encoding: 'utf8', maxBuffer: 1 << 24 });
    const expected = PAYLOADS.flatMap((payload) => [0, 1, 60, 61, 1000].map((i) => {
      const item = itemsOf(payload).make(i);
      return item instanceof Uint8Array ? Buffer.from(item).toString('hex').slice(0, 4096) : item;
    }));
    expect(printed.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(expected);
  });
});
