import type { Actor, Kernel, World, Words } from '../../src/index.js';

/** Small locks to explore: those that hold, and for each known mistake one that has it. */
export interface ModelLock {
  lock(): void;
  unlock(): void;
}

export type LockMaker = (world: World) => ModelLock;

export const WORD = 0;
export const FLAG = 1;
export const LOCK_NAMES = { [WORD]: 'word', [FLAG]: 'flag' };
export const SLICE_MS = 50;

/** U. Drepper, "Futexes Are Tricky" (2011), mutex 2: 0 free, 1 held, 2 held and perhaps somebody sleeps. */
export const drepper: LockMaker = ({ words, kernel }) => ({
  lock: () => {
    if (words.compareExchange(WORD, 0, 1) === 0) return;
    while (words.exchange(WORD, 2) !== 0) kernel.wait(words, WORD, 2, SLICE_MS);
  },
  unlock: () => {
    if (words.exchange(WORD, 0) === 2) kernel.wake(words, WORD, 1);
  },
});

/** The mistake: a waiter that was woken takes the lock as "held, nobody sleeps" and so forgets the other sleepers. */
export const drepperForgetsSleepers: LockMaker = (world) => {
  const { words, kernel } = world;
  return {
    ...drepper(world),
    lock: () => {
      while (words.compareExchange(WORD, 0, 1) !== 0) {
        if (words.compareExchange(WORD, 1, 2) !== 0) kernel.wait(words, WORD, 2, SLICE_MS);
      }
    },
  };
};

interface RobustParts {
  /** Whether the waiter tries once more after it raised the flag. */
  readonly retries: boolean;
  readonly steals: boolean;
}

/** word: the owner or 0; flag: 1 when somebody may sleep. */
const robustLock =
  ({ retries, steals }: RobustParts): LockMaker =>
  ({ words, kernel }) => ({
    lock: () => {
      if (words.compareExchange(WORD, 0, kernel.self) === 0) return;
      for (;;) {
        words.exchange(FLAG, 1);
        const seen = retries ? words.compareExchange(WORD, 0, kernel.self) : words.load(WORD);
        if (retries && seen === 0) return;
        if (steals && seen !== 0 && stolen(words, kernel, seen)) return;
        kernel.wait(words, FLAG, 1, SLICE_MS);
        if (!retries && words.compareExchange(WORD, 0, kernel.self) === 0) return;
      }
    },
    unlock: () => {
      words.store(WORD, 0);
      if (words.load(FLAG) !== 0 && words.exchange(FLAG, 0) !== 0) kernel.wake(words, FLAG, 1);
    },
  });

const stolen = (words: Words, kernel: Kernel, seen: number): boolean =>
  !kernel.isAlive(seen) && words.compareExchange(WORD, seen, kernel.self) === seen;

export const robust = robustLock({ retries: true, steals: true });

/** The mistake: nothing between raising the flag and the sleep notices an unlock that came before the flag. */
export const robustWithoutRetry = robustLock({ retries: false, steals: true });

/** The mistake: an owner that dies keeps the lock for ever. */
export const robustWithoutSteal = robustLock({ retries: true, steals: false });

/** The mistake: the unlocker asks for waiters before it frees the word. */
export const robustAsksFirst: LockMaker = (world) => {
  const { words, kernel } = world;
  return {
    ...robust(world),
    unlock: () => {
      const flagged = words.exchange(FLAG, 0) !== 0;
      words.store(WORD, 0);
      if (flagged) kernel.wake(words, FLAG, 1);
    },
  };
};

/** The mistake: the last waiter counted out clears nothing when it dies before it can count itself out. */
export const countingLock: LockMaker = (world) => {
  const { words, kernel } = world;
  return {
    ...robust(world),
    lock: () => {
      if (words.compareExchange(WORD, 0, kernel.self) === 0) return;
      words.add(FLAG, 1);
      for (;;) {
        const seen = words.compareExchange(WORD, 0, kernel.self);
        if (seen === 0 || stolen(words, kernel, seen)) break;
        kernel.wait(words, WORD, seen, SLICE_MS);
      }
      words.add(FLAG, -1);
    },
    unlock: () => {
      words.store(WORD, 0);
      if (words.load(FLAG) > 0) kernel.wake(words, WORD, 1);
    },
  };
};

/** Enters and leaves the critical section `rounds` times; the pause inside is where others can be seen to be inside too. */
export const locker = (make: LockMaker, rounds = 1): Actor[] =>
  Array.from({ length: rounds }, () => (world: World) => {
    const lock = make(world);
    lock.lock();
    world.note('inside');
    world.kernel.pause(1);
    world.retract('inside');
    lock.unlock();
  });
