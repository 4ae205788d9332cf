import { explore, verify, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { GETS, HEAD, PUTS, TAIL, type RingStore } from '../src/ring-layout.js';
import { initRing, Ring } from '../src/ring.js';

/**
 * Three small segments of 8, 16 and 32 units, the last used once; a payload is one word in the first unit behind the header. A producer and a consumer lock of one word each, taken
 * over from the dead at once.
 */
const PRODUCER_LOCK = 0;
const CONSUMER_LOCK = 1;
const SEGMENT_AT = [256, 256 + 16, 256 + 16 + 32];
const UNITS = [8, 16, 32];
const WORDS = 256 + 2 * (8 + 16 + 32);
const GARBAGE = -99;

class ModelStore implements RingStore<number, number> {
  readonly segments = 3;
  constructor(readonly world: World) {}
  units(segment: number): number {
    return UNITS[segment] as number;
  }
  wraps(segment: number): boolean {
    return segment < 2;
  }
  reserve(): void {
    // The model has no budget.
  }
  writeHeader(segment: number, unit: number, length: number, tag: number): void {
    this.world.words.store(this.#at(segment, unit), length);
    this.world.words.store(this.#at(segment, unit) + 1, tag);
  }
  readLength(segment: number, unit: number): number {
    return this.world.words.load(this.#at(segment, unit));
  }
  readTag(segment: number, unit: number): number {
    return this.world.words.load(this.#at(segment, unit) + 1);
  }
  write(segment: number, unit: number, source: number): void {
    this.world.words.store(this.#at(segment, unit), source);
  }
  read(segment: number, unit: number): number {
    return this.world.words.load(this.#at(segment, unit));
  }
  passed(): void {
    // Nothing to give back in the middle of so small a segment.
  }
  /** What is given back reads as garbage at once, if somebody still looks. */
  left(segment: number): void {
    const start = SEGMENT_AT[segment] as number;
    for (let i = 0; i < 4; i += 2) this.world.words.store(start + i, GARBAGE);
  }
  damaged(what: string): never {
    throw new Error(`damaged: ${what}`);
  }
  #at(segment: number, unit: number): number {
    if (unit >= (UNITS[segment] as number)) this.damaged(`unit ${unit} of segment ${segment}`);
    return (SEGMENT_AT[segment] as number) + unit * 2;
  }
}

/** Entered only when free or its owner is dead: waiting is not what is explored here. */
function locked(world: World, lock: number, repair: () => void, body: () => void): boolean {
  const { words, kernel } = world;
  const owner = words.compareExchange(lock, 0, kernel.self);
  if (owner !== 0) {
    if (kernel.isAlive(owner) || words.compareExchange(lock, owner, kernel.self) !== owner) return false;
    repair();
  }
  body();
  words.store(lock, 0);
  return true;
}

const put =
  (value: number, length: number) =>
  (world: World): void => {
    const ring = new Ring(world.words, new ModelStore(world));
    locked(world, PRODUCER_LOCK, () => ring.repairProducer(), () => {
      if (ring.push(value, length, value)) world.note(`put ${value}`);
    });
  };

const get = (world: World): void => {
  const ring = new Ring(world.words, new ModelStore(world));
  locked(world, CONSUMER_LOCK, () => ring.repairConsumer(), () => {
    const value = ring.pop(() => undefined);
    if (value !== undefined) world.note(`got ${value}`);
  });
};

const values = (notes: readonly Note[], verb: string): number[] =>
  notes.filter(({ event }) => event.startsWith(verb)).map(({ event }) => Number(event.slice(verb.length + 1)));

/** What a survivor finds when it drains the ring after everything: read straight from the final memory. */
function drain(words: Int32Array): { rest: number[]; size: number } {
  const copy = Int32Array.from(words);
  const world = {
    words: {
      load: (i: number) => copy[i] as number,
      store: (i: number, v: number) => void (copy[i] = v),
      get: (i: number) => copy[i] as number,
      set: (i: number, v: number) => void (copy[i] = v),
      exchange: (i: number, v: number) => [copy[i] as number, (copy[i] = v)][0] as number,
      compareExchange: (i: number, e: number, v: number) => [copy[i] as number, copy[i] === e && (copy[i] = v)][0] as number,
      add: (i: number, v: number) => [copy[i] as number, (copy[i] = (copy[i] as number) + v)][0] as number,
      or: (i: number, v: number) => [copy[i] as number, (copy[i] = (copy[i] as number) | v)][0] as number,
      and: (i: number, v: number) => [copy[i] as number, (copy[i] = (copy[i] as number) & v)][0] as number,
    },
  } as unknown as World;
  const ring = new Ring(world.words, new ModelStore(world));
  ring.repairProducer();
  ring.repairConsumer();
  const { size } = ring;
  const rest: number[] = [];
  for (let value = ring.pop(() => undefined); value !== undefined; value = ring.pop(() => undefined)) rest.push(value);
  return { rest, size };
}

/** Nothing that was put is lost but what a killed consumer may have taken; nothing comes twice; the count is exact; order is kept. */
function accounted(words: Int32Array, notes: readonly Note[], { killed }: Situation): string | undefined {
  const { rest, size } = drain(words);
  const got = values(notes, 'got');
  const put = values(notes, 'put');
  if (size !== rest.length) return `the count says ${size}, inside are ${rest.join(' ')}`;
  const seen = [...got, ...rest];
  if (new Set(seen).size !== seen.length) return `doubled: ${seen.join(' ')}`;
  const lost = put.filter((value) => !seen.includes(value));
  const mayLose = killed.filter((name) => name.startsWith('C')).length;
  if (lost.length > mayLose) return `lost ${lost.join(' ')}: ${mayLose} consumers were killed`;
  const invented = seen.filter((value) => value <= 0 || value > 100);
  if (invented.length > 0) return `never put: ${invented.join(' ')}`;
  return undefined;
}

const initial = (start = 0): Record<number, number> => {
  const words: Record<number, number> = {};
  initRing({ store: (index: number, value: number) => void (words[index] = value) } as never);
  for (const word of [HEAD, TAIL, 50, 114, 118]) words[word] = start;
  return words;
};

const names = { [HEAD]: 'HEAD', [TAIL]: 'TAIL', [PUTS]: 'PUTS', [GETS]: 'GETS', 0: 'P', 1: 'C', 50: 'NEXT_HEAD', 51: 'NEXT_PUTS', 53: 'ENTERING', 117: 'LEAVING', 224: 'USED', 225: 'x' };

describe('the ring under the explorer', () => {
  it('keeps count and order in every schedule of a producer and a consumer that wrap and change segments', () => {
    verify({
      // 2, 3 and 3 units in a segment of 8, then one too many for it.
      actors: [
        { name: 'P', run: [put(1, 8), put(2, 16), put(3, 16), put(4, 16)] },
        { name: 'C', run: [get, get, get, get] },
      ],
      words: WORDS,
      initial: initial(),
      names,
      maxSteps: 400,
      final: ({ words }, notes, situation) => {
        const got = values(notes, 'got');
        return got.some((value, i) => i > 0 && value < (got[i - 1] as number)) ? `out of order: ${got.join(' ')}` : accounted(words, notes, situation);
      },
    });
  });

  it('starts near the end of a segment and wraps in every schedule', () => {
    verify({
      actors: [
        { name: 'P', run: [put(1, 8), put(2, 8), put(3, 8)] },
        { name: 'C', run: [get, get, get] },
      ],
      words: WORDS,
      initial: initial(4),
      names,
      maxSteps: 400,
      final: ({ words }, notes, situation) => accounted(words, notes, situation),
    });
  });

  it('writes over nothing in a segment that it comes back to the moment a consumer has left it', () => {
    verify({
      // 5 of 8 units, then 26 of 32; then 6 of 8 again, once the first was taken and its segment left, and a short one that would fit in front of where the consumer once was.
      actors: [
        { name: 'P', run: [put(1, 32), put(2, 200), put(3, 40), put(4, 8)] },
        { name: 'C', run: [get, get, get] },
      ],
      words: WORDS,
      initial: initial(),
      names,
      maxPreemptions: 3,
      maxSteps: 400,
      final: ({ words }, notes, situation) => accounted(words, notes, situation),
    });
  });

  it('loses and doubles nothing when a producer is killed at any step and another goes on', () => {
    verify({
      actors: [
        { name: 'P1', run: [put(1, 8), put(2, 40)] },
        { name: 'P2', run: [put(3, 8), put(4, 8)] },
      ],
      words: WORDS,
      initial: initial(3),
      names,
      maxKills: 1,
      maxSteps: 400,
      final: ({ words }, notes, situation) => accounted(words, notes, situation),
    });
  });

  it('loses at most what a killed consumer had, when it is killed at any step and another goes on', () => {
    verify({
      actors: [
        { name: 'P', run: [put(1, 8), put(2, 40), put(3, 8)] },
        { name: 'C1', run: [get, get] },
        { name: 'C2', run: [get] },
      ],
      words: WORDS,
      initial: initial(3),
      names,
      maxKills: 1,
      maxPreemptions: 3,
      maxSteps: 400,
      final: ({ words }, notes, situation) => accounted(words, notes, situation),
    });
  });

  it('sees a commit that comes before the entry (the explorer is not blind)', () => {
    const hasty = (world: World): void => {
      const store = new ModelStore(world);
      world.words.store(HEAD, 2);
      store.writeHeader(0, 0, 8, 1);
      store.write(0, 1, 1);
      world.note('put 1');
    };
    const seen = explore({
      actors: [
        { name: 'P', run: hasty },
        { name: 'C', run: get },
      ],
      words: WORDS,
      initial: initial(),
      names,
      final: ({ words }, notes, situation) => accounted(words, notes, situation),
    });
    expect(seen.violation).toBeDefined();
  });
});
