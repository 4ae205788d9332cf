/**
 * Damaged queues: their words, and the entries in their rings, overwritten at random and nearly right, between ordinary puts and gets. Each call returns, or throws an error of ours;
 * memory of others is neither mapped, given back nor written; another queue still has what was put into it.
 *
 * What a put or get may allocate: what is put, and an entry that lies in memory the ring says it was charged for. Damage never claims more than `MOST_CHARGED_BYTES` of a segment.
 */
import { memoryUsage } from '@manycore/core';
import { PAGE_BYTES, session } from '@manycore/core/internal';
import { Queue } from '@manycore/queues';
import { Boundary } from './boundary.mjs';
import { Outcomes } from './outcome.mjs';
import {
  BUNDLES, CHARGED, checkLayout, CONSUMER_LOCK, COUNTS, GETS, GIVEN, HEAD, NEXT_TAG, positionOf, POSITIONS, PRODUCER_LOCK, PUTS, RING_GENERATION, RING_ID, SEGMENT_NUMBERS, SEGMENTS, SMALLEST_BYTES, STATE, TAIL,
  UNIT_BITS, UNIT_BYTES, unitsOf, USED, wordOf,
} from './ring-layout.mjs';

const SHARE = Symbol.for('manycore.share');
const MOST_CHARGED_BYTES = 4 * 2 ** 20;
const BUFFERS_BYTES = 64 * 2 ** 20;
const RING_TYPE = 'manycore.ring';
const GUARD_PATTERN = 0x5a5a5a5a;
const SIZES = [0, 1, 8, 100, 1000, 9000];
/** These fill the first segment, and need the next ones. */
const LARGE_SIZES = [60_000, 70_000, 300_000];

const randomInt32 = (random) => random.uint32() | 0;

/** A queue, the blocks around its own, and its words and ring as anybody in the tree could write them. */
class Subject {
  constructor() {
    const { heap } = session();
    this.guards = [heap.allocate(1024, 'test.guard')];
    this.queue = new Queue();
    this.guards.push(heap.allocate(1024, 'test.guard'));
    this.block = this.queue[SHARE]().block;
    this.words = this.block.words;
    this.ring = heap.acquire({ id: this.words.load(RING_ID), generation: this.words.load(RING_GENERATION) }, RING_TYPE);
    for (const { words } of this.guards) for (let i = 0; i < 256; i++) words.set(i, GUARD_PATTERN);
    this.windows = heap.windows;
    checkLayout(this.words, () => this.queue.putNowait('x'), () => this.queue.getNowait());
    this.charged = memoryUsage().chargedBytes;
  }

  /** Empties the queue, whatever was made of it. */
  reset() {
    const { heap } = session();
    for (const word of [...POSITIONS, ...COUNTS, ...BUNDLES, ...SEGMENT_NUMBERS, STATE, PRODUCER_LOCK, CONSUMER_LOCK]) this.words.store(word, 0);
    for (let segment = 0; segment < SEGMENTS; segment++) {
      this.words.store(CHARGED + segment, 0);
      this.words.store(GIVEN + segment, 0);
    }
    this.words.store(USED, 1);
    session().addon.punch(this.windows.fd, this.ring.offset, this.ring.bytes);
    // The first segment stays charged; what else damage did to the budget is taken back.
    heap.charge(this.ring, (this.charged - memoryUsage().chargedBytes) / PAGE_BYTES);
  }

  /** Overwrites a word of the first megabytes of the ring. */
  poke(segment, unit, word, value) {
    if (unit < 0 || unit >= unitsOf(segment) || segment > 5) return;
    const address = this.ring.offset / 4 + wordOf(segment, unit) + word;
    this.memory ??= new Map();
    const window = Math.floor((address * 4) / 2 ** 20);
    if (!this.memory.has(window)) this.memory.set(window, this.windows.holding(address));
    const view = this.memory.get(window);
    view[address % view.length] = value;
  }

  checkGuards() {
    for (const [i, { words }] of this.guards.entries()) {
      for (let word = 0; word < 256; word++) if (words.get(word) !== GUARD_PATTERN) throw new Error(`word ${word} of the block ${i === 0 ? 'before' : 'after'} the queue was overwritten`);
    }
  }
}

/** A value for one word of the queue, either anything or one that is nearly right. */
const DAMAGE = {
  position(random, now) {
    const segment = random.pick([now >>> UNIT_BITS, 0, 1, 2, 3, 8, 9, 14, 15, 16, 17, 31]);
    return random.pick([now + random.integer(-3, 3), randomInt32(random), positionOf(segment, random.pick([0, 1, unitsOf(Math.min(segment, 14)) - 2, unitsOf(Math.min(segment, 14)) - 1, random.integer(0, 2 ** 20)])), -1]);
  },
  count: (random, now) => random.pick([now + random.integer(-2, 2), randomInt32(random)]),
  /** Among them a bundle that belongs to another queue. */
  bundle: (random, now, { ring, foreignBundle }) => random.pick([foreignBundle, ring.id + random.integer(-8, 8), randomInt32(random), -1, 0, now]),
  segment: (random) => random.pick([0, 1, 2, 15, 16, 17, 32, 33, -1, randomInt32(random)]),
  units: (random, now) => random.pick([0, 1, -1, now + 1, now - 512, -(2 ** 31), 512, random.integer(0, MOST_CHARGED_BYTES / UNIT_BYTES), 2 ** 31 - 1]),
  used: (random) => random.pick([0, 1, 2, 3, 0x7fff, 0xffff, -1, randomInt32(random)]),
  length: (random, now) => random.pick([now + random.integer(-9, 9), -1, -2 - random.integer(0, 40), -(2 ** 31), 2 ** 31 - 1, random.integer(0, 2 ** 22), SMALLEST_BYTES - 16, randomInt32(random)]),
};

function damageWord(random, subject) {
  const { words } = subject;
  const [word, kind] = random.pick([
    [random.pick(POSITIONS), 'position'], [random.pick(POSITIONS), 'position'], [random.pick(COUNTS), 'count'], [random.pick(BUNDLES), 'bundle'], [random.pick(SEGMENT_NUMBERS), 'segment'],
    [random.pick([CHARGED, GIVEN]) + random.integer(0, SEGMENTS - 1), 'units'], [USED, 'used'],
  ]);
  words.store(word, DAMAGE[kind](random, words.get(word), subject));
}

/** At TAIL, where the next entry is read; at HEAD; and anywhere near. */
function damageEntry(random, subject) {
  const place = subject.words.get(random.pick([HEAD, TAIL, TAIL]));
  const segment = place >>> UNIT_BITS;
  const unit = (place & (2 ** UNIT_BITS - 1)) + random.pick([0, 0, 0, 1, 2, random.integer(0, 200)]);
  subject.poke(segment, unit, 0, DAMAGE.length(random, 8));
  if (random.integer(0, 2) === 0) subject.poke(segment, unit, 1, DAMAGE.bundle(random, 0, subject));
}

/** A holder that is dead: whoever locks next repairs. */
function killHolder(random, subject) {
  const { self } = session().kernel;
  subject.words.store(random.pick([PRODUCER_LOCK, CONSUMER_LOCK]), self + 2 ** 10);
}

export function ringCases() {
  const outcomes = new Outcomes();
  const boundary = new Boundary();
  const keepsake = new Queue();
  let subject;
  let counted = 0;

  const item = (random) => {
    if (random.integer(0, 9) === 0) return { queue: keepsake, rest: 'x'.repeat(random.pick([0, 100, 70_000])) };
    return Buffer.alloc(random.pick(random.integer(0, 5) === 0 ? LARGE_SIZES : SIZES), 7);
  };

  function renew() {
    boundary.allow(...(subject === undefined ? [] : [subject.ring]), { offset: 0, bytes: Infinity });
    subject = new Subject();
    keepsake.putNowait({ own: subject.queue });
    subject.foreignBundle = keepsake[SHARE]().block.words.load(NEXT_TAG);
  }

  async function step(random) {
    const { queue } = subject;
    switch (random.integer(0, 9)) {
      case 0: return void outcomes.note('qsize', () => mustBeNumber(queue.qsize()));
      case 1: return void outcomes.note('empty, full', () => [queue.empty(), queue.full()]);
      case 2: return outcomes.noteLater('get later', () => queue.get({ timeout: 0 }));
      case 3: return outcomes.noteLater('put later', () => queue.put(item(random), { timeout: 0 }));
      case 4: return void outcomes.note('get many', () => queue.getManySync(random.integer(2, 100), { timeout: 0 }));
      case 5:
      case 6: return void outcomes.note('put', () => queue.putNowait(item(random)));
      default: return void outcomes.note('get', () => queue.getNowait());
    }
  }

  async function run(random) {
    if (subject === undefined) {
      renew();
      if (keepsake.qsize() !== 1) throw new Error('the other queue does not hold its item');
    }
    subject.reset();
    boundary.allow(subject.ring);
    boundary.check();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = random.integer(0, 30); i > 0; i--) random.integer(0, 2) > 0 ? subject.queue.putNowait(item(random)) : outcomes.note('get before', () => subject.queue.getNowait());
    for (let rounds = random.integer(1, 3); rounds > 0; rounds--) {
      for (let i = random.integer(1, 4); i > 0; i--) random.integer(0, 2) > 0 ? damageWord(random, subject) : damageEntry(random, subject);
      if (random.integer(0, 19) === 0) killHolder(random, subject);
      for (let i = random.integer(1, 12); i > 0; i--) await step(random);
      boundary.check();
    }
    subject.checkGuards();
    const taken = process.memoryUsage().arrayBuffers - before;
    if (taken > BUFFERS_BYTES) throw new Error(`the calls of this case took ${taken} bytes of buffers`);
    counted++;
  }

  /** The item of the other queue is still there, and so are the objects it mentions. A new queue takes the place of the damaged one. */
  function settle() {
    subject.reset();
    const { own } = keepsake.getNowait();
    if (own.qsize() !== 0 || subject.words.get(PUTS) !== subject.words.get(GETS)) throw new Error('the queue that another queue has mentioned is not what it was');
    subject.queue.putNowait('after');
    if (own.getNowait() !== 'after') throw new Error('the queue does not work after it was emptied');
    subject = undefined;
    boundary.allow({ offset: 0, bytes: Infinity });
  }

  return { run, settle, summary: () => `${outcomes.summary()}; ${counted} queues damaged` };
}

function mustBeNumber(size) {
  if (!Number.isInteger(size)) throw new Error(`qsize() is ${size}`);
}
