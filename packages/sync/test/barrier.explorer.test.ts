import { explore, verify, type Note, type World } from '@manycore/testing';
import { waitBlocked, type Kernel } from '@manycore/core/internal';
import { describe, expect, it } from 'vitest';
import { kernelOf } from './model-kernel.js';
import { BARRIER_WORDS, BarrierState, Break, ENTRY, EXIT, GENERATION, Reason, type Outcome, type Ticket } from '../src/barrier-state.js';

const names = { [GENERATION - 1]: 'COUNT', [GENERATION]: 'GENERATION', [GENERATION + 1]: 'IS_BROKEN', [GENERATION + 2]: 'ACTOR', [GENERATION - 3]: 'SLEEPS', 0: 'GUARD' };
const ACTS = 'acts';
const DEAD = 'dead';

interface Party {
  hasAction?: boolean;
  /** How many attempts a wait has before its time is up. */
  patience?: number;
  /** Waits as the promise form does, see async-waits.ts. */
  isLoop?: boolean;
  make?: typeof BarrierState;
}

function inLoop<T>({ words, awaitRing }: World, kernel: Kernel, queue: number, attempt: (rung: boolean) => T | undefined): T {
  for (let rung = false; ; rung = true) {
    words.or(queue + 2 + (kernel.slot >>> 5), 1 << (kernel.slot & 31));
    words.or(queue + 1, 1 << (kernel.slot >>> 5));
    const got = attempt(rung);
    if (got !== undefined) return got;
    awaitRing();
  }
}

/** A party as `waitSync` is: arrives, acts when it is to, waits, and notes how it ended. */
const party =
  ({ hasAction = false, patience = Infinity, isLoop = false, make: State = BarrierState }: Party = {}) =>
  (world: World): void => {
    const { words, kernel: model, note } = world;
    const kernel = kernelOf(model);
    const state = new State(words, kernel);
    const arrival =
      state.arrive(hasAction, false) ??
      (isLoop ? inLoop(world, kernel, ENTRY, (rung) => state.arrive(hasAction, rung)) : waitBlocked(words, ENTRY, kernel, (slept) => state.arrive(hasAction, slept), Infinity)!);
    if (arrival instanceof Break) {
      note(`broken ${arrival.reason}`);
      return;
    }
    let outcome: Outcome | undefined;
    if (arrival.mustAct) {
      model.pause(1);
      note(ACTS);
      model.pause(1);
      outcome = state.finish(arrival);
    } else {
      let left = patience;
      const attempt = (slept: boolean): Outcome | undefined => state.outcome(arrival, slept) ?? (left-- > 0 ? undefined : state.fail(arrival, Reason.Timeout));
      outcome = isLoop ? inLoop(world, kernel, EXIT, (rung) => state.outcome(arrival, rung)) : waitBlocked(words, EXIT, kernel, attempt, Infinity)!;
    }
    note(outcome instanceof Break ? `broken ${outcome.reason}` : `index ${outcome}`);
  };

const initial = (parties: number): Record<number, number> => ({ [GENERATION - 2]: parties, [GENERATION]: 1 });

const ends = (notes: readonly Note[]): string[] =>
  notes
    .filter(({ event }) => event !== ACTS && event !== DEAD)
    .map(({ event }) => event)
    .sort();

const met = (notes: readonly Note[], count: number): string | undefined => {
  const all = ends(notes).join();
  const wanted = Array.from({ length: count }, (_, index) => `index ${index}`).join();
  return all === wanted ? undefined : `ended ${all}`;
};

/** All that live were told the same. */
const agree = (notes: readonly Note[]): string | undefined => {
  const kinds = new Set(ends(notes).map((event) => event.split(' ')[0]));
  return kinds.size > 1 ? `some met and some did not: ${ends(notes).join()}` : undefined;
};

/** Without the rows of the roster that nobody here has. */
const WORDS = BARRIER_WORDS - 2 * (1024 - 4);
const DEFAULTS = { words: WORDS, names, maxSteps: 400 };

describe('Barrier under the explorer', () => {
  it('releases both of two parties with indices of their own, and loses no wake-up, in every schedule', () => {
    verify({ ...DEFAULTS, actors: ['A', 'B'].map((name) => ({ name, run: party() })), initial: initial(2), final: (_memory, notes) => met(notes, 2) });
  });

  it('loses no wake-up and mixes up no generations when it is used again at once', () => {
    verify({
      ...DEFAULTS,
      actors: ['A', 'B'].map((name) => ({ name, run: [party(), party()] })),
      initial: initial(2),
      maxPreemptions: 2,
      final: (_memory, notes) => (ends(notes).join() === 'index 0,index 0,index 1,index 1' ? undefined : `ended ${ends(notes).join()}`),
    });
  });

  it.each([
    [['A', 'loop'], 4],
    [['A', 'B', 'loop'], 1],
  ])('wakes blocked threads and event loops alike: %j', (parties, maxPreemptions) => {
    verify({
      ...DEFAULTS,
      actors: parties.map((name) => ({ name, run: party({ isLoop: name === 'loop' }) })),
      initial: initial(parties.length),
      maxPreemptions,
      final: (_memory, notes) => met(notes, parties.length),
    });
  });

  it('runs the action once and before anybody goes on; who comes meanwhile is not let through, and nobody sleeps on when the barrier is aborted', () => {
    const abort = ({ words, kernel }: World): void => void new BarrierState(words, kernelOf(kernel)).break(Reason.Aborted);
    verify({
      ...DEFAULTS,
      actors: ['A', 'B', 'loop'].map((name) => ({ name, run: [party({ hasAction: true, isLoop: name === 'loop' }), abort] })),
      initial: initial(2),
      maxPreemptions: 1,
      invariant: (_memory, notes) => (ends(notes).length > 0 && notes.filter(({ event }) => event === ACTS).length !== 1 ? 'somebody went on without the action' : undefined),
      final: (_memory, notes) => (ends(notes).join() === 'broken 3,index 0,index 1' ? undefined : `ended ${ends(notes).join()}`),
    });
  });

  it('breaks for all or for none when a wait times out', () => {
    verify({
      ...DEFAULTS,
      actors: [
        { name: 'A', run: party({ patience: 0 }) },
        { name: 'B', run: party() },
      ],
      initial: initial(2),
      maxPreemptions: 4,
      final: (_memory, notes) => agree(notes),
    });
  });

  it.each([
    ['a party', false, 2],
    ['a party or the actor', true, 1],
  ])('ends for the others when %s is killed at any step', (_who, hasAction, maxPreemptions) => {
    verify({
      ...DEFAULTS,
      actors: ['A', 'B'].map((name) => ({ name, run: party({ hasAction, patience: 2 }) })),
      initial: initial(2),
      maxKills: 1,
      maxPreemptions,
      slices: 'when-stuck',
      final: (_memory, notes, { killed }) => agree(notes) ?? (killed.length === 0 ? met(notes, 2) : undefined),
    });
  });

  it('never completes with a party that died before the last one came', () => {
    verify({
      ...DEFAULTS,
      actors: [
        { name: 'dead', run: ({ words, kernel: model }) => void new BarrierState(words, kernelOf(model)).arrive(false, false) },
        {
          name: 'last',
          run: (world) => {
            // Its slice ends when nobody else can go on: the other is dead, or has returned and lives.
            world.kernel.wait(world.words, WORDS - 1, 0, 50);
            if (!world.kernel.isAlive(1)) world.note(DEAD);
            party({ patience: 2 })(world);
          },
        },
      ],
      initial: initial(2),
      maxKills: 1,
      maxPreemptions: 2,
      slices: 'when-stuck',
      final: (_memory, notes) => (notes.some(({ event }) => event === DEAD) && ends(notes).join() === 'index 1' ? 'met somebody dead' : undefined),
    });
  });
});

describe('the explorer is not blind', () => {
  it('sees the sleeper when nobody is woken', () => {
    class Silent extends BarrierState {
      protected override wake(): void {}
    }
    const seen = explore({ ...DEFAULTS, actors: ['A', 'B'].map((name) => ({ name, run: party({ make: Silent }) })), initial: initial(2) });
    expect(seen.violation?.kind).toBe('deadlock');
  });

  it('sees those who wait for the dead when nobody looks', () => {
    class Trusting extends BarrierState {
      override outcome(ticket: Ticket): Outcome | undefined {
        return super.outcome(ticket, false);
      }
    }
    const seen = explore({
      ...DEFAULTS,
      actors: ['A', 'B'].map((name) => ({ name, run: party({ make: Trusting, hasAction: true }) })),
      initial: initial(2),
      maxKills: 1,
      maxPreemptions: 1,
      slices: 'when-stuck',
    });
    expect(seen.violation?.kind).toBe('deadlock');
  });
});
