import { lockBlocked, ROBUST_LOCK_WORDS, unlock, waitBlocked, wakeOne } from '@manycore/core/internal';
import { explore, verify, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { ownerWord } from '../../core/src/parking/kernel.js';
import { kernelOf } from './model-kernel.js';
import { COLUMNS, ConditionState, QUEUE, ROSTER } from '../src/condition-state.js';

const ACTORS = 3;
const ENTRY_WORDS = COLUMNS + 1;
const LOCK = ROSTER + 1 + ACTORS * ENTRY_WORDS;
const ITEMS = LOCK + ROBUST_LOCK_WORDS;
const DONE = ITEMS + 1;
const WORDS = DONE + 1;
const NOTIFIED_NOTE = 'notified';
const RETURNED = 'returned';

const owner = (slot: number): number => ownerWord(slot, 1);
const entry = (slot: number, column: number): number => ROSTER + 1 + slot * ENTRY_WORDS + column;
const names = { [QUEUE]: 'FLAG', [LOCK]: 'LOCK', [ITEMS]: 'ITEMS', [DONE]: 'DONE', [ROSTER]: 'HIGH' };
/** Slots 0 and 1 wait already. */
const bothWait = { [ROSTER]: 2, [entry(0, 0)]: owner(0), [entry(0, 1)]: 1, [entry(1, 0)]: owner(1), [entry(1, 1)]: 1 };

const actor = (name: string, slot: number, run: ((world: World) => void) | ((world: World) => void)[]) => ({ name, slot, owner: owner(slot), run });

const noMoreThanNotified = (_memory: unknown, notes: readonly Note[], _situation: Situation): string | undefined => {
  const count = (event: string): number => notes.filter((note) => note.event === event).length;
  return count(RETURNED) > count(NOTIFIED_NOTE) ? 'a waiter returned that nobody notified' : undefined;
};

const nothingLeft = ({ words }: { words: Int32Array }): string | undefined => {
  for (let slot = 0; slot < ACTORS; slot++) for (let column = 1; column <= COLUMNS; column++) if (words[entry(slot, column)] !== 0) return `slot ${slot} has something left in column ${column}`;
  return undefined;
};

/** As `Place.waitBlocked` does it for a condition. */
const blocked = (state: ConditionState, attempt: (slept: boolean) => true | undefined): void =>
  void waitBlocked(state.words, QUEUE, state.kernel, attempt, Infinity, undefined, (ms) => state.sleep(ms));

/** Steps 3 to 5 of a waiter. */
function goOnWaiting({ words, kernel: model, note }: World): void {
  const kernel = kernelOf(model);
  const state = new ConditionState(words, kernel);
  blocked(state, (slept) => state.take(slept));
  state.returned();
  note(RETURNED);
}

function notify({ words, kernel: model, note }: World): void {
  model.pause(1);
  note(NOTIFIED_NOTE);
  new ConditionState(words, kernelOf(model)).notify(1);
}

describe('the state of a condition, under the explorer', () => {
  it('releases as many as were notified, and loses no wake-up', () => {
    const seen = verify({
      actors: [actor('A', 0, goOnWaiting), actor('B', 1, goOnWaiting), actor('N', 2, [notify, notify])],
      words: WORDS,
      names,
      initial: bothWait,
      maxPreemptions: 2,
      slices: 'when-stuck',
      invariant: noMoreThanNotified,
      final: nothingLeft,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('carries a consumer and a producer through waiting under the lock', () => {
    const consume = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      const state = new ConditionState(words, kernel);
      lockBlocked(words, LOCK, kernel, Infinity);
      while (words.load(ITEMS) === 0) {
        state.join();
        unlock(words, LOCK, kernel);
        blocked(state, (slept) => state.take(slept));
        lockBlocked(words, LOCK, kernel, Infinity);
        state.returned();
      }
      words.add(ITEMS, -1);
      unlock(words, LOCK, kernel);
    };
    const produce = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      lockBlocked(words, LOCK, kernel, Infinity);
      words.add(ITEMS, 1);
      new ConditionState(words, kernel).notify(1);
      unlock(words, LOCK, kernel);
    };
    const seen = verify({
      actors: [actor('C', 0, consume), actor('P', 1, produce)],
      words: WORDS,
      names,
      slices: 'when-stuck',
      final: ({ words }) => nothingLeft({ words }) ?? (words[ITEMS] === 0 ? undefined : 'an item is left'),
    });
    expect(seen.slicesUsed).toBe(0);
    const three = verify({
      actors: [actor('C', 0, consume), actor('D', 1, consume), actor('P', 2, [produce, produce])],
      words: WORDS,
      names,
      maxPreemptions: 1,
      maxSteps: 400,
      slices: 'when-stuck',
      final: ({ words }) => nothingLeft({ words }) ?? (words[ITEMS] === 0 ? undefined : 'an item is left'),
    });
    expect(three.slicesUsed).toBe(0);
  });

  it('passes the notification of a waiter that is aborted on to the other', () => {
    const abort = ({ words, kernel: model }: World): void => {
      model.pause(1);
      new ConditionState(words, kernelOf(model)).withdraw();
    };
    const seen = verify({
      actors: [actor('A', 0, abort), actor('B', 1, goOnWaiting), actor('N', 2, notify)],
      words: WORDS,
      names,
      initial: bothWait,
      maxPreemptions: 2,
      slices: 'when-stuck',
      invariant: noMoreThanNotified,
      final: nothingLeft,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('counts a waiter whose time is up as notified when it was', () => {
    const giveUp = ({ words, kernel: model, note }: World): void => {
      const kernel = kernelOf(model);
      const state = new ConditionState(words, kernel);
      if (state.take(false) === undefined && !state.leave()) return;
      state.returned();
      note(RETURNED);
    };
    const seen = verify({
      actors: [actor('A', 0, giveUp), actor('B', 1, goOnWaiting), actor('N', 2, [notify, notify])],
      words: WORDS,
      names,
      initial: bothWait,
      maxPreemptions: 2,
      slices: 'when-stuck',
      invariant: noMoreThanNotified,
      final: nothingLeft,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('passes the notification of a waiter that dies on to the other, until that waiter had the lock again and did its work', () => {
    // Slot 0 was notified; A is it.
    const work = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      const state = new ConditionState(words, kernel);
      blocked(state, (slept) => state.take(slept));
      lockBlocked(words, LOCK, kernel, Infinity);
      words.store(DONE, 1);
      state.returned();
      unlock(words, LOCK, kernel);
    };
    const standBy = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      const state = new ConditionState(words, kernel);
      blocked(state, (slept) => state.take(slept) ?? (slept && words.load(DONE) === 1 ? true : undefined));
    };
    verify({
      actors: [actor('A', 0, work), actor('B', 1, standBy)],
      words: WORDS,
      names,
      initial: { ...bothWait, [entry(0, 2)]: 1 },
      maxKills: 1,
      slices: 'when-stuck',
    });
  });

  it('sees the loss when a waiter registers after it gave the lock up (the explorer is not blind)', () => {
    const late = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      const state = new ConditionState(words, kernel);
      lockBlocked(words, LOCK, kernel, Infinity);
      const isDone = words.load(ITEMS) !== 0;
      unlock(words, LOCK, kernel);
      if (isDone) return;
      state.join();
      blocked(state, (slept) => state.take(slept));
    };
    const produce = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      lockBlocked(words, LOCK, kernel, Infinity);
      words.store(ITEMS, 1);
      new ConditionState(words, kernel).notify(1);
      unlock(words, LOCK, kernel);
    };
    const seen = explore({ actors: [actor('A', 0, late), actor('P', 1, produce)], words: WORDS, names, maxPreemptions: 2 });
    expect(seen.violation?.kind).toBe('deadlock');
  });

  it('sees the loss when waiters sleep at the queue, and one of them is woken (the explorer is not blind)', () => {
    const atFlag = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      const state = new ConditionState(words, kernel);
      waitBlocked(words, QUEUE, kernel, (slept) => state.take(slept), Infinity);
      state.returned();
    };
    const wakeSomebody = (world: World): void => {
      notify(world);
      wakeOne(world.words, QUEUE, kernelOf(world.kernel));
    };
    const seen = explore({ actors: [actor('A', 0, atFlag), actor('B', 1, atFlag), actor('N', 2, [wakeSomebody, wakeSomebody])], words: WORDS, names, initial: bothWait, maxPreemptions: 1 });
    expect(seen.violation?.kind).toBe('deadlock');
  });
});
