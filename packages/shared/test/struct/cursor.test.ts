import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { struct } from '../../src/index.js';

const Point = struct({ x: 'f64', id: 'u8' });

describe('a cursor', () => {
  it('shows each struct in turn, through one accessor', () => {
    const store = Point.store(new SharedArrayBuffer(Point.bytes * 100), 0, 100);
    for (let i = 0; i < 100; i++) store.set(i, { x: i / 2, id: i }, 'test');
    const cursor = store.cursor();
    const first = cursor.moveTo(0);
    for (let i = 99; i >= 0; i--) {
      const point = cursor.moveTo(i);
      expect(point).toBe(first);
      expect([point.x, point.id]).toEqual([i / 2, i]);
      point.x = i * 3;
    }
    expect(store.copy(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => ({ x: i * 3, id: i })));
  });

  it('is independent of other cursors and of accessors', () => {
    const store = Point.store(new ArrayBuffer(Point.bytes * 2), 0, 2);
    const [one, other, accessor] = [store.cursor(), store.cursor(), store.get(0)];
    other.moveTo(1).x = 5;
    expect([one.moveTo(0).x, other.moveTo(1).x, accessor.x]).toEqual([0, 5, 0]);
    expect(one.moveTo(0).constructor === accessor.constructor).toBe(true);
  });

  it('allocates nothing, a million structs long', async () => {
    await using child = spawnFixture(new URL('../fixtures/struct-cursor.mjs', import.meta.url), { execArgv: ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'] });
    const { stdout } = await child.succeeded();
    const { bytes, last } = JSON.parse(stdout) as { bytes: number; last: number };
    expect(last).toBe(999);
    // An accessor has some 40 bytes, a number on the heap 16; of a million of them these would be megabytes.
    expect(bytes).toBeLessThan(1_000_000);
  });
});
