import { explore, verify, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { DONE, DROPPING, LEASE_HEADER_WORDS, LENGTH, LOST, PENDING, RETURNED, Leases, REDO_LOG, wordsFor } from '../src/joinable/leases.js';
import { RedoLog } from '../src/joinable/redo-log.js';
import { GETS, HEAD, PUTS, TAIL, type RingStore } from '../src/ring-layout.js';
import { initRing, Ring } from '../src/ring.js';

/**
 * One segment that is used once; a payload is one word behind the header. A consumer lock of one word, taken over from the dead at once. Up to six blocks for leases: word 0 says that it is
 * allocated, LENGTH is the item. Allocating and giving back are made out of two stores with a journal, which is what a transaction of the heap comes to.
 */
const CONSUMER_LOCK = 1;
const SLOTS = 3;
const SEGMENT_AT = wordsFor(SLOTS);
const UNITS = 32;
const LEASES_AT = SEGMENT_AT + 2 * UNITS;
const LEASE_WORDS = LEASE_HEADER_WORDS;
const LEASES = 6;
const WORDS = LEASES_AT + LEASES * LEASE_WORDS;

class ModelStore implements RingStore<number, number> {
  readonly segments = 1;
  constructor(readonly words: World['words']) {}
  units(): number {
    return UNITS;
  }
  wraps(): boolean {
    return true;
  }
  reserve(): void {
    // The model has no budget.
  }
  writeHeader(_segment: number, unit: number, length: number, tag: number): void {
    this.words.store(SEGMENT_AT + unit * 2, length);
    this.words.store(SEGMENT_AT + unit * 2 + 1, tag);
  }
  readLength(_segment: number, unit: number): number {
    return this.words.load(SEGMENT_AT + unit * 2);
  }
  readTag(_segment: number, unit: number): number {
    return this.words.load(SEGMENT_AT + unit * 2 + 1);
  }
  write(_segment: number, unit: number, source: number): void {
    this.words.store(SEGMENT_AT + unit * 2, source);
  }
  read(_segment: number, unit: number): number {
    return this.words.load(SEGMENT_AT + unit * 2);
  }
  passed(): void {
    // Nothing to give back.
  }
  left(): void {
    // One segment.
  }
  damaged(what: string): never {
    throw new Error(`damaged: ${what}`);
  }
}

/** The consumers' side of a joinable queue, as joinable-core.ts puts it together. */
class Consumer {
  readonly ring: Ring<number, number>;
  readonly log: RedoLog;
  readonly leases: Leases;

  constructor(
    readonly world: Pick<World, 'words' | 'kernel' | 'view'>,
    readonly redelivers: boolean,
  ) {
    const { words } = world;
    this.ring = new Ring(words, new ModelStore(words));
    this.log = new RedoLog(words, REDO_LOG, (lease) => this.wordsOf(lease));
    this.leases = new Leases(words, this.log, world.kernel, SLOTS);
  }

  wordsOf(lease: number): World['words'] {
    return this.world.view(LEASES_AT + (lease - 1) * LEASE_WORDS);
  }

  make(): number {
    const { words } = this.world;
    let lease = 1;
    while (words.load(LEASES_AT + (lease - 1) * LEASE_WORDS) !== 0) lease++;
    words.store(PENDING, lease);
    words.store(LEASES_AT + (lease - 1) * LEASE_WORDS, 1);
    return lease;
  }

  settle(): void {
    const { words } = this.world;
    for (const word of [PENDING, DROPPING]) {
      const lease = words.load(word);
      if (lease === 0) continue;
      this.wordsOf(lease).store(0, 0);
      words.store(word, 0);
    }
  }

  repair(): void {
    this.ring.repairConsumer();
    this.log.settle(this.world.words.load(GETS));
    this.settle();
  }

  take(): number | undefined {
    const { words } = this.world;
    if (this.redelivers) {
      this.leases.returnFormer();
      this.leases.returnDead();
      const returned = this.leases.firstReturned;
      if (returned !== 0) {
        this.leases.takeReturned();
        return this.wordsOf(returned).load(LENGTH);
      }
    }
    if (this.ring.isEmpty) return undefined;
    const gets = (words.get(GETS) + 1) | 0;
    if (!this.redelivers) {
      this.leases.armTaking(0, gets);
      const item = this.ring.pop(() => undefined);
      this.log.settle(words.get(GETS));
      return item;
    }
    const lease = this.make();
    const next = this.ring.peek()!;
    this.wordsOf(lease).store(LENGTH, next.tag);
    this.leases.armTaking(lease, gets);
    this.ring.pop(() => undefined);
    this.log.settle(words.get(GETS));
    return next.tag;
  }
}

/** Entered only when free or its owner is dead: waiting is not what is explored here. */
function locked(world: World, redelivers: boolean, body: (consumer: Consumer) => void): void {
  const { words, kernel } = world;
  const consumer = new Consumer(world, redelivers);
  const owner = words.compareExchange(CONSUMER_LOCK, 0, kernel.self);
  if (owner !== 0) {
    if (kernel.isAlive(owner) || words.compareExchange(CONSUMER_LOCK, owner, kernel.self) !== owner) return;
    consumer.repair();
  }
  body(consumer);
  words.store(CONSUMER_LOCK, 0);
}

const get =
  (redelivers: boolean) =>
  (world: World): void =>
    locked(world, redelivers, (consumer) => {
      const item = consumer.take();
      if (item !== undefined) world.note(`got ${item}`);
    });

/** Marks one of its own, if it has any: the oldest, or that of an item. */
const done =
  (redelivers: boolean, item = 0) =>
  (world: World): void =>
    locked(world, redelivers, (consumer) => {
      if (!consumer.leases.all().some(({ owner }) => owner === world.kernel.self)) return;
      const lease = item === 0 ? 0 : consumer.leases.findOwn((own) => consumer.wordsOf(own).load(LENGTH) === item);
      consumer.leases.markDone(() => undefined, lease);
      consumer.settle();
    });

/** Final memory as words without steps. */
const plainWords = (words: Int32Array, base = 0): World['words'] => {
  const at = (i: number): number => words[base + i] as number;
  const put = (i: number, value: number): number => [at(i), (words[base + i] = value)][0] as number;
  return {
    load: at,
    get: at,
    store: (i, v) => void put(i, v),
    set: (i, v) => void put(i, v),
    exchange: put,
    compareExchange: (i, e, v) => (at(i) === e ? put(i, v) : at(i)),
    add: (i, v) => put(i, (at(i) + v) | 0),
    or: (i, v) => put(i, at(i) | v),
    and: (i, v) => put(i, at(i) & v),
  };
};

/** A survivor with a slot of its own looks at everything after everything: all that is not done is to be had, once, or its taker lives; no block is lost. */
const accounted =
  (redelivers: boolean, total: number) =>
  ({ words: final }: { words: Int32Array }, _notes: readonly Note[], { killed }: Situation): string | undefined => {
    const words = Int32Array.from(final);
    const dead = (owner: number): boolean => killed.includes(`C${owner}`);
    const kernel = { self: 3, slot: 2, isAlive: (owner: number) => !dead(owner) } as World['kernel'];
    const consumer = new Consumer({ words: plainWords(words), kernel, view: (base) => plainWords(words, base) }, redelivers);
    consumer.repair();
    const finished = words[DONE] as number;
    if (finished > total) return `${finished} of ${total} are done`;
    if (!redelivers) {
      const inside = ((words[PUTS] as number) - (words[GETS] as number)) | 0;
      const leased = consumer.leases.all().reduce((sum, { count }) => sum + count, words[LOST] as number);
      return finished + inside + leased === total ? undefined : `${finished} done + ${inside} inside + ${leased} taken are not ${total}`;
    }
    const living = consumer.leases.all().filter(({ owner }) => !dead(owner)).reduce((sum, { count }) => sum + count, 0);
    const rest: number[] = [];
    for (let item = consumer.take(); item !== undefined; item = consumer.take()) rest.push(item);
    if (rest.some((item, i) => i > 0 && item <= (rest[i - 1] as number))) return `doubled or out of order: ${rest.join(' ')}`;
    if (finished + rest.length + living !== total) return `${finished} done + ${rest.join(' ')} to be had + ${living} with the living are not ${total}`;
    const blocks = Array.from({ length: LEASES }, (_, i) => words[LEASES_AT + i * LEASE_WORDS] as number).reduce((sum, used) => sum + used, 0);
    return blocks === rest.length + living ? undefined : `${blocks} blocks are in use for ${rest.length + living} leases`;
  };

/** A queue with items 1 to `count` inside. */
function withItems(count: number): Record<number, number> {
  const words = new Int32Array(WORDS);
  const plain = plainWords(words);
  initRing(plain);
  const ring = new Ring<number, number>(plain, new ModelStore(plain));
  for (let item = 1; item <= count; item++) ring.push(8, 8, item);
  return Object.fromEntries([...words.entries()].filter(([, value]) => value !== 0));
}

const names = { [CONSUMER_LOCK]: 'C', [HEAD]: 'HEAD', [TAIL]: 'TAIL', [PUTS]: 'PUTS', [GETS]: 'GETS', [DONE]: 'DONE', [RETURNED]: 'RETURNED', [PENDING]: 'PENDING', [DROPPING]: 'DROPPING', [REDO_LOG]: 'LOG' };

describe.each([[false], [true]])('leases under the explorer, redelivery %s', (redelivers) => {
  const one = get(redelivers);
  const mark = done(redelivers);

  it('loses and doubles nothing when a consumer is killed at any step and another goes on', () => {
    verify({
      actors: [
        { name: 'C1', run: [one, one, mark, mark] },
        { name: 'C2', run: [one, mark] },
      ],
      words: WORDS,
      initial: withItems(4),
      names,
      maxKills: 1,
      maxSteps: 600,
      final: accounted(redelivers, 4),
    });
  });

  it('loses and doubles nothing when two consumers are killed at any steps, one of them perhaps while it mends what the other left', () => {
    verify({
      actors: [
        { name: 'C1', run: [one, mark] },
        { name: 'C2', run: [one, one, mark] },
      ],
      words: WORDS,
      initial: withItems(3),
      names,
      maxKills: 2,
      maxSteps: 600,
      final: accounted(redelivers, 3),
    });
  });
});

describe('leases under the explorer', () => {
  it.each([1, 2, 3])('lose and double nothing when their owner is killed at any step while it marks the item %i of three', (item) => {
    const one = get(true);
    verify({
      actors: [
        { name: 'C1', run: [one, one, one, done(true, item), done(true)] },
        { name: 'C2', run: [one] },
      ],
      words: WORDS,
      initial: withItems(3),
      names,
      maxKills: 1,
      maxSteps: 600,
      final: accounted(true, 3),
    });
  });

  it('sees a lease that is made after the item was taken (the explorer is not blind)', () => {
    const hasty = (world: World): void =>
      locked(world, true, (consumer) => {
        const item = consumer.ring.pop(() => undefined);
        const lease = consumer.make();
        consumer.wordsOf(lease).store(LENGTH, item as number);
        consumer.leases.armTaking(lease, world.words.get(GETS));
        consumer.log.apply();
      });
    const { violation } = explore({ actors: [{ name: 'C1', run: hasty }, { name: 'C2', run: get(true) }], words: WORDS, initial: withItems(2), names, maxKills: 1, maxSteps: 600, final: accounted(true, 2) });
    expect(violation?.report).toMatch(/not 2/);
  });

  it('sees a change that is made without being armed (the explorer is not blind)', () => {
    const hasty = (world: World): void =>
      locked(world, false, ({ ring, leases, log }) => {
        leases.armTaking(0, world.words.get(GETS) + 1);
        log.apply();
        ring.pop(() => undefined);
      });
    const { violation } = explore({ actors: [{ name: 'C1', run: hasty }, { name: 'C2', run: get(false) }], words: WORDS, initial: withItems(2), names, maxKills: 1, maxSteps: 600, final: accounted(false, 2) });
    expect(violation?.report).toMatch(/not 2/);
  });
});
