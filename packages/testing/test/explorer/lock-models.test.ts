import { describe, expect, it } from 'vitest';
import { explore, verify, type Model, type World } from '../../src/index.js';
import {
  FLAG,
  LOCK_NAMES,
  WORD,
  countingLock,
  drepper,
  drepperForgetsSleepers,
  locker,
  robust,
  robustAsksFirst,
  robustWithoutRetry,
  robustWithoutSteal,
  type LockMaker,
} from './locks.js';
import { mutualExclusion } from './properties.js';

const lockModel = (make: LockMaker, names: readonly string[], rounds: number, more: Partial<Model> = {}): Model => ({
  actors: names.map((name) => ({ name, run: locker(make, rounds) })),
  words: 2,
  names: LOCK_NAMES,
  invariant: mutualExclusion,
  ...more,
});

describe('locks that hold', () => {
  it.each([
    { name: 'Drepper futex mutex', make: drepper },
    { name: 'robust mutex', make: robust },
  ])('$name: no wake-up is lost between two or three actors', ({ make }) => {
    const two = verify(lockModel(make, ['A', 'B'], 4, { slices: 'when-stuck' }));
    expect(two).toMatchObject({ slicesUsed: 0, cut: 0 });
    expect(two.schedules).toBeGreaterThan(1e10);
    const three = verify(lockModel(make, ['A', 'B', 'C'], 1, { slices: 'when-stuck' }));
    expect(three).toMatchObject({ slicesUsed: 0, cut: 0 });
    const threeTwice = verify(lockModel(make, ['A', 'B', 'C'], 2, { slices: 'when-stuck', maxPreemptions: 3 }));
    expect(threeTwice).toMatchObject({ slicesUsed: 0, cut: 0 });
    // Without slices a lost wake-up would be a deadlock: the two ways to ask must agree.
    verify(lockModel(make, ['A', 'B', 'C'], 1, { slices: 'never' }));
  });

  it('robust mutex: with one or two kills at any step every schedule still ends, with nobody inside twice', () => {
    const one = verify(lockModel(robust, ['A', 'B', 'C'], 1, { slices: 'when-stuck', maxKills: 1 }));
    expect(one.slicesUsed).toBeGreaterThan(0);
    expect(one.cut).toBe(0);
    verify(lockModel(robust, ['A', 'B'], 2, { slices: 'when-stuck', maxKills: 2 }));
  });

  it('robust mutex: a slice that ends at any time breaks nothing', () => {
    verify(lockModel(robust, ['A', 'B'], 2, { slices: 'any-time', maxSlices: 2, maxKills: 1 }));
  });
});

describe('locks with a known mistake are found out', () => {
  it('a woken waiter that forgets the other sleepers loses a wake-up', () => {
    const { violation } = explore(lockModel(drepperForgetsSleepers, ['A', 'B', 'C'], 1));
    expect(violation?.kind).toBe('deadlock');
    const withSlices = explore(lockModel(drepperForgetsSleepers, ['A', 'B', 'C'], 1, { slices: 'when-stuck' }));
    expect(withSlices.violation).toBeUndefined();
    expect(withSlices.slicesUsed).toBeGreaterThan(0);
  });

  it('a waiter that does not retry after it raised the flag loses a wake-up', () => {
    const { violation } = explore(lockModel(robustWithoutRetry, ['A', 'B'], 1));
    expect(violation?.kind).toBe('deadlock');
    expect(violation?.report).toMatch(/B sleeps and nobody can wake anyone|A sleeps and nobody can wake anyone/);
  });

  it('an unlocker that asks for waiters before it frees the word loses a wake-up', () => {
    expect(explore(lockModel(robustAsksFirst, ['A', 'B'], 1)).violation?.kind).toBe('deadlock');
  });

  it('a lock whose owner dies and that nobody steals hangs, slices or not', () => {
    const model = lockModel(robustWithoutSteal, ['A', 'B'], 1, { maxKills: 1, slices: 'when-stuck' });
    const { violation } = explore(model);
    expect(violation?.kind).toBe('deadlock');
    expect(violation?.message).toMatch(/slices ended since anything changed/);
    expect(violation?.schedule.some((line) => line.includes('is killed'))).toBe(true);
    expect(explore({ ...model, slices: 'never' }).violation?.kind).toBe('deadlock');
    expect(explore({ ...model, maxKills: 0 }).violation).toBeUndefined();
  });

  it('a waiter count stays too high for ever when a counted waiter is killed', () => {
    const model = lockModel(countingLock, ['A', 'B'], 1, {
      slices: 'when-stuck',
      final: ({ words }) => (words[FLAG] !== 0 ? `${words[FLAG]} waiter is still counted` : undefined),
    });
    expect(explore(model).violation).toBeUndefined();
    const { violation } = explore({ ...model, maxKills: 1 });
    expect(violation).toMatchObject({ kind: 'final', message: '1 waiter is still counted' });
  });
});

describe('the word must name the generation of its owner', () => {
  const STARTED = 0;
  const generation = (kernel: World['kernel'], bits: number): number => kernel.self & bits;

  /** A dies inside; C takes over its slot; B steals from A. `bits` are those of the owner that go into the word. */
  const takeOver = (bits: number): Model => {
    const enter = (world: World): void => {
      world.note('inside');
      world.kernel.pause(1);
      world.retract('inside');
    };
    const alive = ({ kernel, plain }: World, owner: number): boolean => {
      if (owner === (0x101 & bits) && kernel.isAlive(0x101)) return true;
      return owner === (0x201 & bits) && plain.get(STARTED) === 1;
    };
    const lockBySteal = (world: World): boolean => {
      const { words, kernel } = world;
      const me = generation(kernel, bits);
      const seen = words.compareExchange(WORD, 0, me);
      // One try: a living owner is none of this model's business.
      return seen === 0 || (!alive(world, seen) && words.compareExchange(WORD, seen, me) === seen);
    };
    return {
      actors: [
        {
          name: 'A',
          owner: 0x101,
          run: (world) => {
            if (world.words.compareExchange(WORD, 0, generation(world.kernel, bits)) !== 0) return;
            enter(world);
            world.words.store(WORD, 0);
          },
        },
        { name: 'B', owner: 0x102, run: (world) => void (lockBySteal(world) && enter(world)) },
        {
          name: 'C',
          owner: 0x201,
          run: (world) => {
            if (world.kernel.isAlive(0x101)) return;
            world.plain.set(STARTED, 1);
            const me = generation(world.kernel, bits);
            // What its predecessor in the slot left behind belongs to it.
            if (world.words.compareExchange(WORD, 0x101 & bits, me) === (0x101 & bits)) enter(world);
          },
        },
      ],
      words: 1,
      plain: 1,
      names: { [WORD]: LOCK_NAMES[WORD] },
      maxKills: 1,
      invariant: mutualExclusion,
    };
  };

  it('a steal by slot alone robs the living successor of the dead owner', () => {
    const { violation } = explore(takeOver(0xff));
    expect(violation).toMatchObject({ kind: 'invariant', message: expect.stringMatching(/inside at the same time/) });
  });

  it('a steal by slot and generation fails when somebody was faster', () => {
    verify(takeOver(0xfff));
  });
});
