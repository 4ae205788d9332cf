import { explore, verify, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { Roster } from '../../src/shared/roster.js';
import { SharedState, STATE } from '../../src/shared/state.js';
import { kernelOf, ownerOf } from '../model-kernel.js';

const LEFT = STATE;
const RIGHT = STATE + 1;

/** Moves one from LEFT to RIGHT: their sum is 10 whenever somebody looks under the guard. */
function move({ words, kernel, note }: World): void {
  const state = new SharedState(words, kernelOf(kernel));
  state.run(() => {
    if (state.get(LEFT) + state.get(RIGHT) !== 10) note('half done');
    state.add(LEFT, -1);
    state.add(RIGHT, 1);
  });
}

function look({ words, kernel, note }: World): void {
  const state = new SharedState(words, kernelOf(kernel));
  state.run(() => {
    if (state.get(LEFT) + state.get(RIGHT) !== 10) note('half done');
  });
}

const actorsOf = (...runs: ((world: World) => void)[]) => runs.map((run, slot) => ({ name: 'ABC'[slot]!, slot, owner: ownerOf(slot), run }));
const nothingHalfDone = (_memory: unknown, notes: readonly { event: string }[]): string | undefined =>
  notes.some(({ event }) => event === 'half done') ? 'a step was seen half done' : undefined;

describe('SharedState under the explorer', () => {
  it('shows no step half done, whoever is killed where', () => {
    verify({
      actors: actorsOf(move, look, look),
      words: STATE + 2,
      initial: { [LEFT]: 10 },
      maxKills: 2,
      maxPreemptions: 3,
      slices: 'when-stuck',
      invariant: nothingHalfDone,
    });
  });

  it('undoes also when who undoes is killed', () => {
    verify({
      actors: actorsOf(move, move, look),
      words: STATE + 2,
      initial: { [LEFT]: 10 },
      maxKills: 2,
      maxPreemptions: 2,
      slices: 'when-stuck',
      invariant: nothingHalfDone,
    });
  });

  it('is not blind: without the log a kill leaves a step half done', () => {
    const unlogged = ({ words, kernel }: World): void => {
      const state = new SharedState(words, kernelOf(kernel));
      state.run(() => {
        words.set(LEFT, words.get(LEFT) - 1);
        words.set(RIGHT, words.get(RIGHT) + 1);
      });
    };
    const { violation } = explore({
      actors: actorsOf(unlogged, look),
      words: STATE + 2,
      initial: { [LEFT]: 10 },
      maxKills: 1,
      slices: 'when-stuck',
      invariant: nothingHalfDone,
    });
    expect(violation).toBeDefined();
  });
});

describe('Roster under the explorer', () => {
  const POOL = STATE;
  const ROSTER = STATE + 1;
  const worlds = { words: ROSTER + 1 + 3 * 2, initial: { [POOL]: 2 } };

  /** Takes one from the pool, and keeps it. Those of the dead go back. */
  function take({ words, kernel, note }: World): void {
    const state = new SharedState(words, kernelOf(kernel));
    const roster = new Roster(state, ROSTER, 1, (_owner, [held]) => void state.add(POOL, held!));
    state.run(() => {
      roster.sweep();
      if (state.get(POOL) === 0) return;
      state.add(POOL, -1);
      roster.add(0, 1);
    });
    note('took');
  }

  it('gives back what the dead had, neither more nor less', () => {
    verify({
      actors: actorsOf(take, take, take),
      ...worlds,
      maxKills: 2,
      maxPreemptions: 1,
      slices: 'when-stuck',
      final: ({ words }) => {
        let held = 0;
        for (let slot = 0; slot < 3; slot++) held += words[ROSTER + 1 + slot * 2 + 1]!;
        // A step that a kill left half done is undone by the next one; its log says which words it is about.
        const isPending = words[STATE - 129]! > 0;
        return isPending || words[POOL]! + held === 2 ? undefined : `${words[POOL]} in the pool and ${held} held`;
      },
    });
  });
});
