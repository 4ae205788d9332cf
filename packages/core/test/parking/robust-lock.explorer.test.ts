import { explore, verify, type Memory, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { LOCK_QUEUE, lockBlocked, LockWaiter, ROBUST_LOCK_WORDS, tryLock, tryLockQueued, unlock, withdraw } from '../../src/parking/robust-lock.js';
import { ownerWord } from '../../src/parking/kernel.js';
import { delist, enlist, wakeOne } from '../../src/parking/wait-queue.js';
import { kernelOf } from './model-kernel.js';

const LOCK = 0;
const names = { 0: 'OWNER', 1: 'FLAG', 2: 'SUMMARY', 3: 'BITMAP', 35: 'HEIR', 36: 'HANDED' };
const INSIDE = 'inside';

const inside = (notes: readonly Note[], { killed }: Situation): string[] =>
  notes.filter(({ actor, event }) => event === INSIDE && !killed.includes(actor)).map(({ actor }) => actor);

const onlyOneInside = (_memory: Memory, notes: readonly Note[], situation: Situation): string | undefined => {
  const holders = inside(notes, situation);
  return holders.length > 1 ? `${holders.join(' and ')} are inside together` : undefined;
};

/** Takes the lock as a blocked thread does. */
function blocked({ words, kernel: model, note, retract }: World): void {
  const kernel = kernelOf(model);
  lockBlocked(words, LOCK, kernel, Infinity);
  note(INSIDE);
  model.pause(1);
  retract(INSIDE);
  unlock(words, LOCK, kernel);
}

/** Takes the lock as an event loop does (async-waits.ts), with its slice modelled by a sleep on a word that nobody wakes. */
function eventLoop({ words, kernel: model, awaitRing, note, retract }: World): void {
  const kernel = kernelOf(model);
  for (let rung = false; ; rung = true) {
    enlist(words, LOCK_QUEUE, kernel.slot);
    if (tryLockQueued(words, LOCK, kernel, rung) !== undefined) break;
    awaitRing();
  }
  if (!delist(words, LOCK_QUEUE, kernel.slot)) wakeOne(words, LOCK_QUEUE, kernel);
  note(INSIDE);
  model.pause(1);
  retract(INSIDE);
  unlock(words, LOCK, kernel);
}

/** As `blocked`, by a waiter that asks to be handed the lock whenever it has to wait. */
function impatient({ words, kernel: model, note, retract }: World): void {
  const kernel = kernelOf(model);
  lockBlocked(words, LOCK, kernel, Infinity, 0);
  note(INSIDE);
  model.pause(1);
  retract(INSIDE);
  unlock(words, LOCK, kernel);
}

/** As `blocked`, by a thread that looks before it sleeps, and asks to be handed the lock while it does. */
function looking({ words, kernel: model, note, retract }: World): void {
  const kernel = kernelOf(model, 1);
  lockBlocked(words, LOCK, kernel, Infinity);
  note(INSIDE);
  model.pause(1);
  retract(INSIDE);
  unlock(words, LOCK, kernel);
}

/** As `eventLoop`, asking too; gives up after its first ring. */
function impatientLoop({ words, kernel: model, awaitRing, note, retract }: World): void {
  const kernel = kernelOf(model);
  const waiter = new LockWaiter(0, 0);
  let result: number | undefined;
  for (let rings = 0; rings < 2; rings++) {
    enlist(words, LOCK_QUEUE, kernel.slot);
    result = tryLockQueued(words, LOCK, kernel, rings > 0, waiter);
    if (result !== undefined || rings === 1) break;
    awaitRing();
  }
  if (!delist(words, LOCK_QUEUE, kernel.slot)) wakeOne(words, LOCK_QUEUE, kernel);
  result ??= withdraw(words, LOCK, kernel, waiter);
  if (result === undefined) return;
  note(INSIDE);
  model.pause(1);
  retract(INSIDE);
  unlock(words, LOCK, kernel);
}

describe('handing over, under the explorer', () => {
  it('excludes and loses no wake-up: two impatient threads, twice each', () => {
    const seen = verify({
      actors: [
        { name: 'A', slot: 0, owner: ownerWord(0, 1), run: [impatient, impatient] },
        { name: 'B', slot: 1, owner: ownerWord(1, 1), run: [impatient, impatient] },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      invariant: onlyOneInside,
      final: ({ words }) => (words[LOCK] === 0 ? undefined : 'the lock is not free'),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('excludes and loses no wake-up: two impatient threads and one that is not', () => {
    const seen = verify({
      actors: [
        { name: 'A', slot: 0, owner: ownerWord(0, 1), run: impatient },
        { name: 'B', slot: 1, owner: ownerWord(1, 1), run: impatient },
        { name: 'C', slot: 2, owner: ownerWord(2, 1), run: blocked },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      maxPreemptions: 4,
      invariant: onlyOneInside,
      final: ({ words }) => (words[LOCK] === 0 ? undefined : 'the lock is not free'),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('goes on after a kill at any step of impatient threads', () => {
    verify({
      actors: ['A', 'B', 'C'].map((name, slot) => ({ name, slot, owner: ownerWord(slot, 1), run: impatient })),
      words: ROBUST_LOCK_WORDS,
      names,
      maxKills: 1,
      maxPreemptions: 3,
      slices: 'when-stuck',
      invariant: onlyOneInside,
    });
  });

  it('excludes and loses no wake-up: two threads that look before they sleep', () => {
    const seen = verify({
      actors: [
        { name: 'A', slot: 0, owner: ownerWord(0, 1), run: looking },
        { name: 'B', slot: 1, owner: ownerWord(1, 1), run: [looking, looking] },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      invariant: onlyOneInside,
      final: ({ words }) => (words[LOCK] === 0 ? undefined : 'the lock is not free'),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('goes on after a kill at any step of a thread that looks', () => {
    verify({
      actors: [
        { name: 'A', slot: 0, owner: ownerWord(0, 1), run: looking },
        { name: 'B', slot: 1, owner: ownerWord(1, 1), run: looking },
        { name: 'C', slot: 2, owner: ownerWord(2, 1), run: blocked },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      maxKills: 1,
      maxPreemptions: 2,
      slices: 'when-stuck',
      invariant: onlyOneInside,
    });
  });

  it('an event loop that leaves neither keeps a grant nor loses a wake-up', () => {
    const seen = verify({
      actors: [
        { name: 'loop', slot: 0, owner: ownerWord(0, 1), run: impatientLoop },
        { name: 'A', slot: 1, owner: ownerWord(1, 1), run: [impatient, impatient] },
        { name: 'B', slot: 2, owner: ownerWord(2, 1), run: blocked },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      maxPreemptions: 3,
      invariant: onlyOneInside,
      final: ({ words }) => (words[LOCK] === 0 ? undefined : 'the lock is not free'),
    });
    expect(seen.slicesUsed).toBe(0);
  });
});

describe('robust lock under the explorer', () => {
  it('excludes and loses no wake-up: two blocked threads, twice each, in every schedule and without a single slice', () => {
    const seen = verify({
      actors: [
        { name: 'A', run: [blocked, blocked] },
        { name: 'B', run: [blocked, blocked] },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      invariant: onlyOneInside,
      final: ({ words }) => (words[LOCK] === 0 ? undefined : 'the lock is not free'),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('excludes and loses no wake-up: three blocked threads in every schedule', () => {
    const seen = verify({
      actors: ['A', 'B', 'C'].map((name) => ({ name, run: blocked })),
      words: ROBUST_LOCK_WORDS,
      names,
      invariant: onlyOneInside,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('goes on after a kill at any step, of one or two of three threads', () => {
    verify({
      actors: ['A', 'B', 'C'].map((name) => ({ name, run: blocked })),
      words: ROBUST_LOCK_WORDS,
      names,
      maxKills: 2,
      slices: 'when-stuck',
      invariant: onlyOneInside,
    });
  });

  it('wakes an event loop and a blocked thread alike', () => {
    const seen = verify({
      actors: [
        { name: 'loop', run: eventLoop },
        { name: 'blocked', run: [blocked, blocked] },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      invariant: onlyOneInside,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('wakes two event loops that compete with a blocked thread', () => {
    const seen = verify({
      actors: [
        { name: 'loop 1', run: eventLoop },
        { name: 'loop 2', run: eventLoop },
        { name: 'blocked', run: blocked },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      maxPreemptions: 4,
      invariant: onlyOneInside,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('sees the loss when an unlock does not wake (the explorer is not blind)', () => {
    const silent = ({ words, kernel: model }: World): void => {
      const kernel = kernelOf(model);
      lockBlocked(words, LOCK, kernel, Infinity);
      words.store(LOCK, 0);
    };
    const seen = explore({
      actors: [
        { name: 'A', run: silent },
        { name: 'B', run: silent },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
    });
    expect(seen.violation?.kind).toBe('deadlock');
  });

  it('sees the intruder when a steal does not compare (the explorer is not blind)', () => {
    const thief = ({ words, kernel: model, note, retract }: World): void => {
      const kernel = kernelOf(model);
      if (tryLock(words, LOCK, kernel, false) === undefined) words.store(LOCK, kernel.self);
      note(INSIDE);
      model.pause(1);
      retract(INSIDE);
    };
    const seen = explore({
      actors: [
        { name: 'A', run: thief },
        { name: 'B', run: thief },
      ],
      words: ROBUST_LOCK_WORDS,
      names,
      invariant: onlyOneInside,
    });
    expect(seen.violation).toBeDefined();
  });
});
