import { explore, verify, type Note, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { follow, isSameCycle, type HeldLink } from '../../src/diagnosis/cycle.js';
import { ownerWord, slotOf } from '../../src/parking/kernel.js';
import { BlockedOn, waitOf, type SlotWords } from '../../src/session/blocked-on.js';
import { OBJECT_COUNT, SLOT_BLOCKED_COUNT, SLOT_BLOCKED_GENERATION, SLOT_BLOCKED_ON } from '../../src/session/layout.js';

const FIRST = SLOT_BLOCKED_ON;
const WORDS_PER_SLOT = SLOT_BLOCKED_COUNT - FIRST + 1;
const SLOTS = 3;
/** Two locks, 0 or an owner word; as objects, 1 and 2. */
const LOCKS = SLOTS * WORDS_PER_SLOT;
const WORDS = LOCKS + 2;
const A = 1;
const B = 2;

const slotWords = ({ words }: World): SlotWords => ({
  word: (slot, word) => words.load(slot * WORDS_PER_SLOT + word - FIRST),
  set: (slot, word, value) => words.store(slot * WORDS_PER_SLOT + word - FIRST, value),
});

const actor = (name: string, slot: number, run: (world: World) => void): { name: string; slot: number; owner: number; run: (world: World) => void } => ({ name, slot, owner: ownerWord(slot, 1), run });
const says = (event: string) => (_memory: unknown, notes: readonly Note[]): string | undefined => (notes.some((note) => note.event === event) ? event : undefined);

describe('what a slot says of a wait, under the explorer', () => {
  /** Two waits in a row, for object 1 of generation 1 and object 2 of generation 2. */
  const writes = (world: World, slots = slotWords(world)): void => {
    const blockedOn = new BlockedOn(slots, world.kernel.slot);
    for (const n of [1, 2]) blockedOn.during({ id: n, generation: n }, Infinity, () => world.kernel.pause(1));
  };
  const reads = (world: World): void => {
    const wait = waitOf(slotWords(world), 0);
    if (wait !== undefined && wait.id !== wait.generation) world.note('halves of two waits');
  };
  /** Two looks that see the same count see the same wait. */
  const readsTwice = (world: World): void => {
    const [one, other] = [waitOf(slotWords(world), 0), waitOf(slotWords(world), 0)];
    if (one !== undefined && one.count === other?.count && one.id !== other.id) world.note('halves of two waits');
  };

  it('is one wait, and the same count is the same wait', () => {
    for (const reader of [reads, readsTwice]) {
      verify({ actors: [actor('writer', 0, writes), actor('reader', 1, reader)], words: WORDS, invariant: says('halves of two waits'), maxKills: 1 });
    }
  });

  it.each([
    ['without the count', SLOT_BLOCKED_COUNT, readsTwice],
    ['when the generation is not written', SLOT_BLOCKED_GENERATION, reads],
  ])('is not %s: the explorer finds that', (_title, left, reader) => {
    const broken = (world: World): void => {
      const slots = slotWords(world);
      writes(world, { word: slots.word, set: (slot, word, value) => (word === left ? undefined : slots.set(slot, word, value)) });
    };
    const { violation } = explore({ actors: [actor('writer', 0, broken), actor('reader', 1, reader)], words: WORDS, invariant: says('halves of two waits') });
    expect(violation?.message).toContain('halves of two waits');
  });
});

describe('what a slot says of a wait', () => {
  it('tells the largest object number, every wait queue and each fact apart', () => {
    const memory = new Int32Array(64);
    const slots: SlotWords = { word: (_slot, word) => memory[word] as number, set: (_slot, word, value) => void (memory[word] = value) };
    for (const at of [0, 1, 2, 3]) {
      for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const [hasTimeout, looksForDeadlock, waitsForItself] = [1, 2, 4].map((bit) => (bits & bit) !== 0) as [boolean, boolean, boolean];
        const ref = { id: OBJECT_COUNT - 1, generation: 2 ** 29 };
        const seen = new BlockedOn(slots, 0).during(ref, hasTimeout ? 5 : Infinity, () => waitOf(slots, 0), { looksForDeadlock, waitsForItself, at });
        expect(seen).toEqual({ ...ref, count: expect.any(Number), hasTimeout, looksForDeadlock, waitsForItself, at });
      }
    }
    expect(waitOf(slots, 0)).toBeUndefined();
  });
});

describe('a cycle that is seen, under the explorer', () => {
  const wordOf = (lock: number): number => LOCKS + lock - A;

  function take(world: World, lock: number): void {
    const { words, kernel } = world;
    const word = wordOf(lock);
    const attempt = (): number => words.compareExchange(word, 0, kernel.self);
    if (attempt() === 0) return;
    new BlockedOn(slotWords(world), kernel.slot).during({ id: lock, generation: 1 }, Infinity, () => {
      for (let seen = attempt(); seen !== 0; seen = attempt()) kernel.wait(words, word, seen, 50);
    });
  }

  function release({ words, kernel }: World, lock: number): void {
    words.store(wordOf(lock), 0);
    kernel.wake(words, wordOf(lock), 9);
  }

  const nested = (first: number, second: number) => (world: World): void => {
    take(world, first);
    take(world, second);
    release(world, second);
    release(world, first);
  };
  /** Never holds two. */
  const inTurn = (...locks: number[]) => (world: World): void => {
    for (const lock of locks) {
      take(world, lock);
      release(world, lock);
    }
  };

  const look = (world: World, start: number): HeldLink[] | undefined =>
    follow(start, (owner) => {
      const wait = owner === 0 ? undefined : waitOf(slotWords(world), slotOf(owner));
      return wait && { owner, wait, waitsFor: { id: wait.id, type: 'Lock' }, holder: world.words.load(wordOf(wait.id)) };
    });
  const start = ownerWord(0, 1);
  const looksTwice = (world: World): void => {
    const [one, other] = [look(world, start), look(world, start)];
    if (one !== undefined && other !== undefined && isSameCycle(one, other)) world.note('a cycle');
  };
  const looksOnce = (world: World): void => {
    if (look(world, start) !== undefined) world.note('a cycle');
  };

  it('twice is real: threads that cannot deadlock are never taken for deadlocked', () => {
    const rivals = [inTurn(B, A), nested(A, B), inTurn(A, B)];
    for (const rival of rivals) {
      verify({
        actors: [actor('holds A, then B', 0, nested(A, B)), actor('rival', 1, rival), actor('watch', 2, looksTwice)],
        words: WORDS,
        invariant: says('a cycle'),
        maxPreemptions: 4,
      });
    }
  });

  it('once may be made of pieces: the explorer finds that', () => {
    const { violation } = explore({
      actors: [actor('holds A, then B', 0, nested(A, B)), actor('rival', 1, inTurn(B, A)), actor('watch', 2, looksOnce)],
      words: WORDS,
      invariant: says('a cycle'),
      maxPreemptions: 4,
    });
    expect(violation?.message).toContain('a cycle');
  });

  it('is seen when it is there', () => {
    const deadlocked = (world: World): void => {
      const slots = slotWords(world);
      world.words.store(wordOf(A), ownerWord(0, 1));
      world.words.store(wordOf(B), ownerWord(1, 1));
      new BlockedOn(slots, 0).during({ id: B, generation: 1 }, Infinity, () => new BlockedOn(slots, 1).during({ id: A, generation: 1 }, Infinity, () => looksTwice(world)));
    };
    expect(explore({ actors: [actor('both', 2, deadlocked)], words: WORDS, invariant: says('a cycle') }).violation?.message).toContain('a cycle');
  });
});
