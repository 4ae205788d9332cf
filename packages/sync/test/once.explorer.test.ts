import { explore, verify, type Memory, type Note, type Situation, type World } from '@manycore/testing';
import { waitBlocked } from '@manycore/core/internal';
import { describe, expect, it } from 'vitest';
import { kernelOf } from './model-kernel.js';
import { ONCE_QUEUE, ONCE_STATE, ONCE_STATE_WORDS, OnceState, OURS } from '../src/once-state.js';

const names = { [ONCE_STATE]: 'STATE', [ONCE_QUEUE]: 'FLAG' };
const RUNS = 'runs';
const HAS_VALUE = 'has the value';
const FAILED = 'failed';
const DEFAULTS = { words: ONCE_STATE_WORDS, names };

/** `doSync`, of a function that fails or not. */
const caller =
  (fails = false, State = OnceState) =>
  ({ words, kernel: model, note, retract }: World): void => {
    const kernel = kernelOf(model);
    const state = new State(words, kernel);
    const claim = waitBlocked(words, ONCE_QUEUE, kernel, (slept) => state.claim(slept), Infinity);
    if (claim !== OURS) {
      note(HAS_VALUE);
      return;
    }
    note(RUNS);
    model.pause(1);
    if (fails) {
      retract(RUNS);
      note(FAILED);
      state.giveUp();
      return;
    }
    state.finish();
  };

const runners = (notes: readonly Note[], { killed }: Situation): string[] => notes.filter(({ actor, event }) => event === RUNS && !killed.includes(actor)).map(({ actor }) => actor);

/** Whoever runs and lives is the only one, for good. */
const onlyOne = (_memory: Memory, notes: readonly Note[], situation: Situation): string | undefined => {
  const all = runners(notes, situation);
  return all.length > 1 ? `${all.join(' and ')} run it` : undefined;
};

describe('Once under the explorer', () => {
  it('is run by one of three, and loses no wake-up', () => {
    verify({
      ...DEFAULTS,
      actors: ['A', 'B', 'C'].map((name) => ({ name, run: caller() })),
      invariant: onlyOne,
      final: (_memory, notes) => (notes.filter(({ event }) => event === HAS_VALUE).length === 2 ? undefined : 'somebody has no value'),
    });
  });

  it('is run by the next one when it fails, and loses no wake-up', () => {
    verify({
      ...DEFAULTS,
      actors: ['A', 'B', 'C'].map((name) => ({ name, run: caller(name !== 'C') })),
      invariant: onlyOne,
      final: ({ words }, notes) => (words[ONCE_STATE] === -1 && notes.some(({ actor, event }) => actor === 'C' && event === RUNS) ? undefined : 'it is not done'),
    });
  });

  it('goes on after a kill of one or two at any step', () => {
    verify({
      ...DEFAULTS,
      actors: ['A', 'B', 'C'].map((name) => ({ name, run: caller() })),
      maxKills: 2,
      slices: 'when-stuck',
      invariant: onlyOne,
      final: ({ words }, _notes, { killed }) => (words[ONCE_STATE] === -1 || killed.length > 0 ? undefined : 'it is not done'),
    });
  });
});

describe('the explorer is not blind', () => {
  it('sees the sleeper when nobody is woken at the end', () => {
    class Silent extends OnceState {
      override finish(): void {
        this.words.store(ONCE_STATE, -1);
      }
    }
    const seen = explore({ ...DEFAULTS, actors: ['A', 'B'].map((name) => ({ name, run: caller(false, Silent) })) });
    expect(seen.violation?.kind).toBe('deadlock');
  });

  it('sees two at it when a claim does not compare', () => {
    class Rash extends OnceState {
      override claim(): ReturnType<OnceState['claim']> {
        if (this.isDone) return 1;
        if (this.runner !== 0) return undefined;
        this.words.store(ONCE_STATE, this.kernel.self);
        return OURS;
      }
    }
    const seen = explore({ ...DEFAULTS, actors: ['A', 'B'].map((name) => ({ name, run: caller(false, Rash) })), invariant: onlyOne });
    expect(seen.violation?.kind).toBe('invariant');
  });
});
