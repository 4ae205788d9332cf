import { lockBlocked, ROBUST_LOCK_WORDS, unlock } from '@manycore/core/internal';
import { explore, verify, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { ownerWord } from '../../core/src/parking/kernel.js';
import { kernelOf } from './model-kernel.js';
import { Recursion, RECURSION_WORDS } from '../src/recursion.js';

const LOCK = 0;
const AT = ROBUST_LOCK_WORDS;
const COUNT = AT + 1;
const WORDS = AT + RECURSION_WORDS;
const names = { [LOCK]: 'OWNER', 1: 'FLAG', [AT]: 'TREE', [COUNT]: 'COUNT' };
const INSIDE = 'inside';
const WRONG = 'wrong';

const actors = (run: (world: World) => void, count: number) => ['A', 'B', 'C'].slice(0, count).map((name, slot) => ({ name, slot, owner: ownerWord(slot, 1), run }));

const asItShouldBe = (_memory: unknown, notes: readonly Note[], { killed }: Situation): string | undefined => {
  if (notes.some(({ event }) => event === WRONG)) return 'a holder finds words that are not its own';
  const holders = notes.filter(({ actor, event }) => event === INSIDE && !killed.includes(actor));
  return holders.length > 1 ? 'two are inside' : undefined;
};

/** Acquires twice for a tree of its own and releases twice; `begin` and `end` are what is explored. */
function twice({ words, kernel: model, note, retract }: World, begin: (recursion: Recursion, tree: number, result: number) => void, end: (recursion: Recursion) => void): void {
  const kernel = kernelOf(model);
  const recursion = new Recursion(words, LOCK, AT, kernel);
  const tree = kernel.slot + 10;
  begin(recursion, tree, lockBlocked(words, LOCK, kernel, Infinity)!);
  recursion.again();
  note(INSIDE);
  if (recursion.tree !== tree) note(WRONG);
  if (recursion.count !== 2) note(WRONG);
  retract(INSIDE);
  if (recursion.leave()) note(WRONG);
  end(recursion);
}

const right = (world: World): void =>
  twice(
    world,
    (recursion, tree) => recursion.begin(tree),
    (recursion) => void recursion.leave(),
  );

describe('the words of an RLock, under the explorer', () => {
  it('are their owner’s as long as it holds the lock, and no wake-up is lost', () => {
    const seen = verify({ actors: actors(right, 2), words: WORDS, names, slices: 'when-stuck', invariant: asItShouldBe, final: ({ words }) => (words[LOCK] === 0 ? undefined : 'the lock is not free') });
    expect(seen.slicesUsed).toBe(0);
    expect(verify({ actors: actors(right, 3), words: WORDS, names, maxPreemptions: 3, slices: 'when-stuck', invariant: asItShouldBe }).slicesUsed).toBe(0);
  });

  it('are the next owner’s after a kill at any step', () => {
    verify({ actors: actors(right, 3), words: WORDS, names, maxKills: 1, maxPreemptions: 3, slices: 'when-stuck', invariant: asItShouldBe });
  });

  it('come back as they were after the lock was given up in between', () => {
    const suspends = ({ words, kernel: model, note }: World): void => {
      const kernel = kernelOf(model);
      const recursion = new Recursion(words, LOCK, AT, kernel);
      lockBlocked(words, LOCK, kernel, Infinity);
      recursion.begin(kernel.slot + 10);
      recursion.again();
      const count = recursion.leaveAll();
      lockBlocked(words, LOCK, kernel, Infinity);
      recursion.begin(kernel.slot + 10, count);
      if (recursion.tree !== kernel.slot + 10) note(WRONG);
      if (recursion.count !== 2) note(WRONG);
      recursion.leave();
      recursion.leave();
    };
    const seen = verify({ actors: actors(suspends, 2), words: WORDS, names, slices: 'when-stuck', invariant: asItShouldBe, final: ({ words }) => (words[LOCK] === 0 ? undefined : 'the lock is not free') });
    expect(seen.slicesUsed).toBe(0);
  });

  it('sees the intruder when they are written after the unlock (the explorer is not blind)', () => {
    const late = (world: World): void =>
      twice(
        world,
        (recursion, tree) => recursion.begin(tree),
        () => {
          unlock(world.words, LOCK, kernelOf(world.kernel));
          world.words.set(COUNT, 0);
        },
      );
    expect(explore({ actors: actors(late, 2), words: WORDS, names, invariant: asItShouldBe }).violation?.kind).toBe('invariant');
  });

  it('sees what a dead owner left when who takes over does not write them (the explorer is not blind)', () => {
    const trusting = (world: World): void =>
      twice(
        world,
        (recursion, tree, result) => (result === 0 ? recursion.begin(tree) : undefined),
        (recursion) => void recursion.leave(),
      );
    expect(explore({ actors: actors(trusting, 2), words: WORDS, names, maxKills: 1, slices: 'when-stuck', invariant: asItShouldBe }).violation?.kind).toBe('invariant');
  });
});
