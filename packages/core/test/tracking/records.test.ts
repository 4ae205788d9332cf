import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/memory/allocator.js';
import { blockOffset, entryOf, OBJECT_HOLDERS, OBJECT_STATE } from '../../src/memory/objects.js';
import { drainCondemned } from '../../src/memory/ownership.js';
import { Transaction, type Space } from '../../src/memory/transaction.js';
import { HEADER_LIMIT_PAGES, HEADER_TRACKED, HEADER_TRACKED_COUNT, HEADER_UNDO } from '../../src/session/layout.js';
import { dropRecord, isTracked, linkRecord, markPublished, recordBytes, trackedFiles, writeRecord } from '../../src/tracking/records.js';

class Killed extends Error {}

/** Session memory whose writer is killed before its n-th store. */
class MapSpace implements Space {
  readonly words = new Map<number, number>();
  storesLeft = Infinity;
  load(address: number): number {
    return this.words.get(address) ?? 0;
  }
  store(address: number, value: number): void {
    if (--this.storesLeft < 0) throw new Killed();
    this.words.set(address, value);
  }
}

const MARK = '0.1b.7a.64';
const path = (i: number): string => `/dev/shm/segment-${i}-ä`;

function memory(): { space: MapSpace; tx: Transaction } {
  const space = new MapSpace();
  space.store(HEADER_LIMIT_PAGES, 1 << 20);
  return { space, tx: new Transaction(space, HEADER_UNDO) };
}

function newRecord(space: MapSpace, tx: Transaction, file: string, owner = 0): number {
  const id = tx.run(() => allocate(tx, recordBytes(file, MARK), 1, () => undefined));
  writeRecord(space, id, file, MARK, owner);
  return id;
}

function add(space: MapSpace, tx: Transaction, file: string, owner = 0): number {
  const id = newRecord(space, tx, file, owner);
  tx.run(() => linkRecord(tx, id));
  return id;
}

const paths = (space: Space): string[] => trackedFiles(space).map((file) => file.path);
/** Everything in the memory but the undo log, whose entries mean nothing once it is empty. */
const contents = (space: MapSpace): [number, number][] => [...space.words].filter(([address, value]) => value !== 0 && (address < HEADER_UNDO || address > HEADER_UNDO + 4096)).sort(([a], [b]) => a - b);

describe('the list of tracked files', () => {
  it('gives path, mark and owner back, the latest first, and holds each record', () => {
    const { space, tx } = memory();
    const ids = [add(space, tx, path(1)), add(space, tx, path(2), 77)];
    expect(trackedFiles(space)).toEqual([
      { id: ids[1], path: path(2), mark: MARK, owner: 77 },
      { id: ids[0], path: path(1), mark: MARK, owner: 0 },
    ]);
    expect(ids.map((id) => space.load(entryOf(id) + OBJECT_HOLDERS))).toEqual([1, 1]);
    tx.run(() => markPublished(tx, path(2), MARK));
    expect(trackedFiles(space)[0]!.owner).toBe(0);
  });

  it.each([0, 1, 2])('forgets record %i of three and no other, and gives its block back', (index) => {
    const { space, tx } = memory();
    const ids = [1, 2, 3].map((i) => add(space, tx, path(i)));
    tx.run(() => dropRecord(tx, path(index + 1), MARK));
    drainCondemned(tx, () => undefined);
    expect(paths(space)).toEqual([3, 2, 1].filter((i) => i !== index + 1).map(path));
    expect(space.load(HEADER_TRACKED_COUNT)).toBe(2);
    expect(space.load(entryOf(ids[index]!) + OBJECT_STATE) & 1).toBe(0);
  });

  it('tells files by path and mark together', () => {
    const { space, tx } = memory();
    add(space, tx, path(1));
    expect([isTracked(tx, path(1), MARK), isTracked(tx, path(1), 'other'), isTracked(tx, path(2), MARK)]).toEqual([true, false, false]);
    tx.run(() => dropRecord(tx, path(1), 'other'));
    tx.run(() => markPublished(tx, path(2), MARK));
    expect(paths(space)).toEqual([path(1)]);
  });

  it.each([
    ['linking', (tx: Transaction, id: number) => linkRecord(tx, id)],
    ['dropping the last', (tx: Transaction) => dropRecord(tx, path(1), MARK)],
    ['dropping one in the middle', (tx: Transaction) => dropRecord(tx, path(2), MARK)],
    ['publishing', (tx: Transaction) => markPublished(tx, path(2), MARK)],
  ])('is as before or as after when its writer is killed at any store while %s', (_what, change) => {
    let isWhole = false;
    let kills = 0;
    for (let stores = 0; !isWhole; stores++) {
      const { space, tx } = memory();
      for (const i of [1, 2, 3]) add(space, tx, path(i), i === 2 ? 5 : 0);
      const id = newRecord(space, tx, path(4));
      const before = contents(space);
      space.storesLeft = stores;
      try {
        tx.run(() => change(tx, id));
        isWhole = true;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        kills++;
      }
      space.storesLeft = Infinity;
      // The tracker, or whoever takes the lock next.
      new Transaction(space, HEADER_UNDO).rollBack();
      if (!isWhole) expect(contents(space)).toEqual(before);
    }
    expect(kills).toBeGreaterThan(2);
  });

  it('ends where damaged memory makes no sense, instead of going on for ever', () => {
    const { space, tx } = memory();
    const ids = [1, 2, 3].map((i) => add(space, tx, path(i)));
    const next = blockOffset(space, ids[0]!) / 4;
    space.store(next, ids[2]!);
    expect(paths(space)).toHaveLength(3);
    space.store(next + 3, -5);
    expect(paths(space)).toEqual([path(3), path(2)]);
    space.store(HEADER_TRACKED, -1);
    expect(paths(space)).toEqual([]);
  });
});
