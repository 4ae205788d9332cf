import { waitBlocked, type Kernel } from '@manycore/core/internal';
import { explore, verify, type Memory, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { PERMIT_WORDS, PERMITS_QUEUE, PlainPermits, type Permits } from '../src/permits.js';
import { ROBUST_QUEUE, ROBUST_ROSTER, RobustPermits } from '../src/robust-permits.js';
import { Turn } from '../src/shared/reservation.js';
import { SharedState, STATE } from '../src/shared/state.js';
import { kernelOf } from './model-kernel.js';

const INSIDE = 'inside';
/** Of plain permits. */
const VALUE = 0;

/** Owner words as they are: generation 1 above ten bits of slot. */
const owner = (slot: number): number => (1 << 10) | slot;
const actor = (name: string, slot: number, run: (world: World) => void, rounds = 1) => ({ name, slot, owner: owner(slot), run: Array.from({ length: rounds }, () => run) });

interface Model {
  readonly queue: number;
  permits(world: World, kernel: Kernel): Permits;
}

const plain: Model = { queue: PERMITS_QUEUE, permits: ({ words }, kernel) => new PlainPermits(words, kernel, 0, 5) };
const robust: Model = { queue: ROBUST_QUEUE, permits: ({ words }, kernel) => new RobustPermits(new SharedState(words, kernel), 5) };
/** Only the entries of three slots are ever used. */
const ROBUST_MODEL_WORDS = ROBUST_ROSTER + 1 + 3 * 2;

/** Takes a permit as a blocked thread does, and gives it back when told to. */
const user =
  ({ queue, permits }: Model, gives = true) =>
  (world: World): void => {
    const kernel = kernelOf(world.kernel);
    const all = permits(world, kernel);
    waitBlocked(world.words, queue, kernel, (slept) => all.take(slept), Infinity);
    world.note(INSIDE);
    world.kernel.pause(1);
    world.retract(INSIDE);
    if (gives) all.give(1);
  };

/** As `user`, having one kept for it as soon as it is refused; gives up after so many refusals. */
const impatient =
  ({ queue, permits }: Model, refusals = Infinity) =>
  (world: World): void => {
    const kernel = kernelOf(world.kernel);
    const all = permits(world, kernel);
    const turn = new Turn(0, 0);
    let left = refusals;
    const got = waitBlocked(world.words, queue, kernel, (slept) => all.take(slept, turn) ?? (--left > 0 ? undefined : false), Infinity);
    all.leave(turn);
    if (got !== true) return;
    world.note(INSIDE);
    world.kernel.pause(1);
    world.retract(INSIDE);
    all.give(1);
  };

/** Comes and takes without waiting, if there is one. */
const passer =
  ({ permits }: Model) =>
  (world: World): void => {
    const all = permits(world, kernelOf(world.kernel));
    if (all.tryTake()) all.give(1);
  };

const giver =
  ({ permits }: Model, n: number) =>
  (world: World): void => {
    permits(world, kernelOf(world.kernel)).give(n);
  };

const atMost =
  (most: number) =>
  (_memory: Memory, notes: readonly Note[], { killed }: Situation): string | undefined => {
    const inside = notes.filter((note) => note.event === INSIDE && !killed.includes(note.actor));
    return inside.length > most ? `${inside.length} are inside` : undefined;
  };

const valueIs =
  (word: number, value: number) =>
  ({ words }: Memory, _notes: readonly Note[], { killed }: Situation): string | undefined =>
    killed.length > 0 || words[word] === value ? undefined : `value ${words[word]}`;

describe.each([
  ['plain', plain, PERMIT_WORDS, VALUE, 2],
  ['robust', robust, ROBUST_MODEL_WORDS, STATE, 1],
] as const)('a %s permit that is kept, under the explorer', (_name, model, words, value, maxPreemptions) => {
  it('is not lost, and nobody sleeps on, whoever asked for it', () => {
    const seen = verify({
      actors: [actor('A', 0, impatient(model)), actor('B', 1, impatient(model)), actor('C', 2, user(model))],
      words,
      initial: { [value]: 1 },
      maxPreemptions,
      invariant: atMost(1),
      final: valueIs(value, 1),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('goes to another when the one it is kept for leaves', () => {
    const seen = verify({
      actors: [actor('A', 0, impatient(model, 1)), actor('B', 1, user(model)), actor('C', 2, user(model))],
      words,
      initial: { [value]: 1 },
      maxPreemptions,
      invariant: atMost(1),
      final: valueIs(value, 1),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('goes to another when the one it is kept for is killed at any step', () => {
    verify({
      actors: [actor('A', 0, impatient(model)), actor('B', 1, user(model)), actor('G', 2, giver(model, 1))],
      words,
      initial: { [value]: 1 },
      maxKills: 1,
      maxPreemptions: maxPreemptions - 1,
      slices: 'when-stuck',
      invariant: atMost(2),
    });
  });
});

describe('permits under the explorer', () => {
  it('no more than the permits are inside, and no wake-up is lost: three blocked threads, one permit', () => {
    const seen = verify({
      actors: ['A', 'B', 'C'].map((name, slot) => actor(name, slot, user(plain))),
      words: PERMIT_WORDS,
      initial: { [VALUE]: 1 },
      invariant: atMost(1),
      final: valueIs(VALUE, 1),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('two permits given one by one, or at once, reach two sleepers, whoever takes one meanwhile', () => {
    for (const [n, rounds] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const seen = verify({
        actors: [actor('A', 0, user(plain, false)), actor('B', 1, user(plain, false)), actor('giver', 2, giver(plain, n), rounds), actor('passer', 3, passer(plain))],
        words: PERMIT_WORDS,
        maxPreemptions: 3,
        invariant: atMost(2),
        final: valueIs(VALUE, 0),
      });
      expect(seen.slicesUsed).toBe(0);
    }
  });

  it('a give that is killed before it wakes is found by the slice', () => {
    verify({
      actors: [actor('A', 0, user(plain, false)), actor('B', 1, user(plain, false)), actor('giver', 2, giver(plain, 2))],
      words: PERMIT_WORDS,
      initial: { [VALUE]: 2 },
      maxKills: 1,
      slices: 'when-stuck',
      maxPreemptions: 3,
      maxSteps: 400,
    });
  });

  it('sees the loss when who takes a permit does not wake the next (the explorer is not blind)', () => {
    const selfish: Model = {
      queue: PERMITS_QUEUE,
      permits: ({ words }, kernel) => {
        const all = new PlainPermits(words, kernel, 0, 5);
        all.take = () => (all.tryTake() ? true : undefined);
        return all;
      },
    };
    const seen = explore({
      actors: [actor('A', 0, user(selfish, false)), actor('B', 1, user(selfish, false)), actor('giver', 2, giver(selfish, 2))],
      words: PERMIT_WORDS,
    });
    expect(seen.violation?.kind).toBe('deadlock');
  });
});

describe('robust permits under the explorer', () => {
  it('no more than the permits are inside, and no wake-up is lost', () => {
    const seen = verify({
      actors: ['A', 'B'].map((name, slot) => actor(name, slot, user(robust), 2)),
      words: ROBUST_MODEL_WORDS,
      initial: { [STATE]: 1 },
      maxPreemptions: 2,
      maxSteps: 1000,
      invariant: atMost(1),
      final: valueIs(STATE, 1),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('three threads share two permits, and no wake-up is lost', () => {
    const seen = verify({
      actors: ['A', 'B', 'C'].map((name, slot) => actor(name, slot, user(robust))),
      words: ROBUST_MODEL_WORDS,
      initial: { [STATE]: 2 },
      maxPreemptions: 1,
      maxSteps: 1000,
      invariant: atMost(2),
      final: valueIs(STATE, 2),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('a permit whose holder is killed at any step comes back, once', () => {
    verify({
      actors: ['A', 'B', 'C'].map((name, slot) => actor(name, slot, user(robust))),
      words: ROBUST_MODEL_WORDS,
      initial: { [STATE]: 1 },
      maxKills: 1,
      maxPreemptions: 0,
      maxSteps: 1000,
      slices: 'when-stuck',
      invariant: atMost(1),
      final: ({ words }) => (words[STATE]! <= 1 ? undefined : `value ${words[STATE]}`),
    });
  });

  it('sees the thread that waits for ever when nobody looks for the dead (the explorer is not blind)', () => {
    const careless: Model = {
      queue: ROBUST_QUEUE,
      permits: (world, kernel) => {
        const all = new RobustPermits(new SharedState(world.words, kernel), 5);
        const { take } = all;
        all.take = () => take.call(all, false);
        return all;
      },
    };
    const seen = explore({
      actors: ['A', 'B'].map((name, slot) => actor(name, slot, user(careless))),
      words: ROBUST_MODEL_WORDS,
      initial: { [STATE]: 1 },
      maxKills: 1,
      maxPreemptions: 1,
      maxSteps: 1000,
      slices: 'when-stuck',
    });
    expect(seen.violation?.kind).toBe('deadlock');
  });
});
