import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutOfMemoryError } from '../../src/errors.js';
import { allocate, charge, free } from '../../src/memory/allocator.js';
import { blockOffset, classOf, entryOf, OBJECT_CLASS, OBJECT_PAGES } from '../../src/memory/objects.js';
import { Transaction, UNDO_ENTRIES, type Space } from '../../src/memory/transaction.js';
import { HEADER_LIMIT_PAGES, HEADER_UNDO, HEADER_USED_PAGES, PAGE_BYTES } from '../../src/session/layout.js';

/** Session memory as a sparse map: every word that was never stored reads as 0. */
class MapSpace implements Space {
  readonly words = new Map<number, number>();
  load(address: number): number {
    return this.words.get(address) ?? 0;
  }
  store(address: number, value: number): void {
    if ((value | 0) !== value) throw new Error(`${value} is no 32-bit word`);
    this.words.set(address, value);
  }
}

const noZeroing = (): void => undefined;

function memory(limitPages = 1 << 20): { space: MapSpace; tx: Transaction } {
  const space = new MapSpace();
  space.store(HEADER_LIMIT_PAGES, limitPages);
  return { space, tx: new Transaction(space, HEADER_UNDO) };
}

describe('allocator', () => {
  it('never hands out memory twice, whatever is allocated and freed in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.record({ bytes: fc.integer({ min: 0, max: 1 << 20 }) }), fc.record({ drop: fc.nat() })), { maxLength: 200 }), (steps) => {
        const { space, tx } = memory();
        const live = new Map<number, { from: number; to: number }>();
        for (const step of steps) {
          if ('bytes' in step) {
            const id = tx.run(() => allocate(tx, step.bytes, 1, noZeroing));
            const from = blockOffset(space, id);
            const to = from + 2 ** space.load(entryOf(id) + OBJECT_CLASS);
            expect(to - from).toBeGreaterThanOrEqual(step.bytes);
            expect(live.has(id)).toBe(false);
            for (const other of live.values()) expect(from >= other.to || to <= other.from).toBe(true);
            live.set(id, { from, to });
          } else if (live.size > 0) {
            const id = [...live.keys()][step.drop % live.size] as number;
            tx.run(() => free(tx, id));
            live.delete(id);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives a freed block of the same size again, with another generation', () => {
    const { space, tx } = memory();
    const first = tx.run(() => allocate(tx, 100, 1, noZeroing));
    const state = space.load(entryOf(first));
    tx.run(() => free(tx, first));
    const second = tx.run(() => allocate(tx, 100, 1, noZeroing));
    expect(second).toBe(first);
    expect(space.load(entryOf(second))).not.toBe(state);
  });

  it('asks for a used block to be cleared', () => {
    const { space, tx } = memory();
    const id = tx.run(() => allocate(tx, 100, 1, noZeroing));
    tx.run(() => free(tx, id));
    const cleared: number[][] = [];
    tx.run(() => allocate(tx, 100, 1, (offset, length) => cleared.push([offset, length])));
    expect(cleared).toEqual([[blockOffset(space, id), 2 ** classOf(100)]]);
  });

  it('refuses what the budget does not allow, and has changed nothing', () => {
    const { space, tx } = memory(20);
    tx.run(() => allocate(tx, 64, 1, noZeroing));
    const before = new Map([...space.words].filter(([address]) => address < HEADER_UNDO));
    expect(() =>
      tx.run(() => {
        const id = allocate(tx, 1 << 20, 1, noZeroing);
        charge(tx, id, (1 << 20) / PAGE_BYTES);
      }),
    ).toThrow(OutOfMemoryError);
    const after = [...space.words].filter(([address, value]) => address < HEADER_UNDO && value !== (before.get(address) ?? 0));
    expect(after).toEqual([]);
  });

  it('takes off the budget what a block was charged when it is freed', () => {
    const { space, tx } = memory();
    const used = (): number => space.load(HEADER_USED_PAGES);
    const before = used();
    const id = tx.run(() => {
      const made = allocate(tx, 1 << 20, 1, noZeroing);
      charge(tx, made, 256);
      return made;
    });
    expect(used()).toBe(before + 256);
    tx.run(() => charge(tx, id, -100));
    expect(space.load(entryOf(id) + OBJECT_PAGES)).toBe(156);
    tx.run(() => free(tx, id));
    expect(used()).toBe(before);
  });

  it('is put back to the last whole state when it dies between any two stores', () => {
    class Death extends Error {}
    class MortalSpace extends MapSpace {
      left = Infinity;
      override store(address: number, value: number): void {
        if (this.left-- <= 0) throw new Death();
        super.store(address, value);
      }
    }
    // What one allocation and one free change, cut off after every number of stores.
    for (let stores = 0; ; stores++) {
      const space = new MortalSpace();
      space.store(HEADER_LIMIT_PAGES, 1000);
      const tx = new Transaction(space, HEADER_UNDO);
      const kept = tx.run(() => allocate(tx, 64, 1, noZeroing));
      const state = (): string => JSON.stringify([...space.words].filter(([address, value]) => value !== 0 && (address < HEADER_UNDO || address > HEADER_UNDO + UNDO_ENTRIES * 4)).sort());
      const before = state();
      space.left = stores;
      let died = false;
      try {
        // As a kill would: the survivor knows nothing of this transaction object.
        const victim = new Transaction(space, HEADER_UNDO);
        const change = (): void => {
          free(victim, kept);
          allocate(victim, 1 << 20, 2, noZeroing);
        };
        victim.run(change);
      } catch (error) {
        died = error instanceof Death;
        if (!died) throw error;
      }
      space.left = Infinity;
      new Transaction(space, HEADER_UNDO).rollBack();
      if (!died) {
        expect(stores).toBeGreaterThan(10);
        return;
      }
      expect(state()).toBe(before);
    }
  });
});
