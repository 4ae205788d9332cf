import { explore, verify, type Model, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { LAST_GENERATION, ownerWord } from '../../src/parking/kernel.js';
import { SLOT_COUNT, TENANT_WORDS, TENANTS_PER_SLOT } from '../../src/session/layout.js';
import { Tenants } from '../../src/session/tenants.js';

/** Tenants of all slots in plain memory. */
function plain(memory = new Int32Array(SLOT_COUNT * TENANTS_PER_SLOT * TENANT_WORDS)): Tenants {
  return new Tenants({ load: (index) => memory[index]!, store: (index, value) => void (memory[index] = value) });
}
const tenant = (n: number): { pid: number; name: string } => ({ pid: n, name: `Process-${n}` });

describe('tenants of a slot', () => {
  it('are known until seven others have had the slot, whatever is done to other slots', () => {
    for (const slot of [0, SLOT_COUNT - 1]) {
      const tenants = plain();
      for (let n = 1; n <= 20; n++) {
        tenants.enter(ownerWord(slot, n), tenant(n));
        tenants.enter(ownerWord(slot === 0 ? 1 : 0, n), tenant(1000 + n));
        for (let past = 1; past <= n; past++) expect(tenants.of(ownerWord(slot, past))).toEqual(past > n - TENANTS_PER_SLOT ? tenant(past) : null);
      }
    }
  });

  it('are told apart over the end of the generations', () => {
    const tenants = plain();
    for (const [n, generation] of [LAST_GENERATION - 1, LAST_GENERATION, 1, 2].entries()) tenants.enter(ownerWord(5, generation), tenant(n));
    expect([1, 2].map((generation) => tenants.of(ownerWord(5, generation)))).toEqual([tenant(2), tenant(3)]);
  });

  it('have names of any length and script, cut between two characters', () => {
    const tenants = plain();
    for (const [i, [name, kept]] of [['', ''], ['a', 'a'], ['ab€', 'ab€'], ['x'.repeat(200), 'x'.repeat(116)], ['€'.repeat(100), '€'.repeat(38)]].entries()) {
      tenants.enter(ownerWord(3, i + 1), { pid: 7, name: name as string });
      expect(tenants.of(ownerWord(3, i + 1))).toEqual({ pid: 7, name: kept });
    }
  });
});

describe('tenants of a slot, under the explorer', () => {
  const past = ownerWord(0, 1);
  const next = ownerWord(0, 1 + TENANTS_PER_SLOT);
  const actor = (name: string, slot: number, run: (world: World) => void): { name: string; slot: number; owner: number; run: (world: World) => void } => ({ name, slot, owner: ownerWord(slot, 1), run });
  const claims = (leaveOut?: number) => (world: World): void => {
    const { words } = world;
    const tenants = new Tenants({ load: (index) => words.load(index), store: (index, value) => (value === leaveOut ? undefined : words.store(index, value)) });
    tenants.enter(next, { pid: 2, name: 'new' });
  };
  const asks = (world: World): void => {
    const tenants = new Tenants(world.words);
    const found = [tenants.of(past), tenants.of(next)].map((who) => who && `${who.pid} ${who.name}`);
    if (found.some((who, i) => who !== null && who !== ['1 old', '2 new'][i])) world.note(`halves of two tenants: ${found.join()}`);
  };
  const before = new Int32Array(TENANT_WORDS * TENANTS_PER_SLOT);
  plain(before).enter(past, { pid: 1, name: 'old' });
  const setting = (leaveOut?: number): Model => ({
    actors: [actor('claimant', 0, claims(leaveOut)), actor('reader', 1, asks)],
    words: before.length,
    initial: Object.fromEntries(before.entries()),
    invariant: (_memory, notes) => notes[0]?.event,
  });

  it('a reader finds one of them whole or none, also when the claimant is killed at any step', () => {
    verify({ ...setting(), maxKills: 1 });
  });

  it('is not so when the record is not closed first: the explorer finds that', () => {
    expect(explore(setting(0)).violation?.message).toContain('halves of two tenants');
  });
});
