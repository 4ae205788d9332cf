import { explore, verify, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { AtomicWords } from '../../src/memory/words.js';
import type { Kernel } from '../../src/parking/kernel.js';
import { delist, enlist, enlisted, EVERYBODY, FLAG, waitBlocked, wakeAll, WAIT_QUEUE_WORDS } from '../../src/parking/wait-queue.js';
import { kernelOf } from './model-kernel.js';

/** How often something happened that everybody waits for; the queue is behind it. */
const EVENTS = 0;
const QUEUE = 1;
const names = { [EVENTS]: 'EVENTS', [QUEUE]: 'FLAG' };

/** Waits for each event in turn, as the parties of a barrier do. */
const waiter =
  (events: number) =>
  ({ words, kernel }: World): void => {
    for (let n = 1; n <= events; n++) waitBlocked(words, QUEUE, kernelOf(kernel), () => (words.load(EVENTS) >= n ? true : undefined), Infinity);
  };

/** Waits for the `nth` event by an event loop (async-waits.ts), whose slice is not modelled: a ring that is missing is a deadlock. */
const eventLoop =
  (nth: number) =>
  ({ words, kernel, awaitRing }: World): void => {
    for (;;) {
      enlist(words, QUEUE, kernel.slot);
      if (words.load(EVENTS) >= nth) break;
      awaitRing();
    }
    delist(words, QUEUE, kernel.slot);
  };

const waker = ({ words, kernel }: World): void => {
  words.add(EVENTS, 1);
  wakeAll(words, QUEUE, kernelOf(kernel));
};

const models = (wake: (world: World) => void) => ({
  actors: [
    { name: 'A', run: waiter(2) },
    { name: 'B', run: waiter(1) },
    { name: 'W', run: [wake, wake] },
  ],
  words: QUEUE + WAIT_QUEUE_WORDS,
  names,
});

describe('waiting for what happens to everybody at once, under the explorer', () => {
  it('loses no wake-up, though one that goes on comes again before another is asleep', () => {
    expect(verify(models(waker)).slicesUsed).toBe(0);
  });

  it('goes on after a kill at any step', () => {
    verify({ ...models(waker), actors: [{ name: 'A', run: waiter(1) }, { name: 'B', run: waiter(1) }, { name: 'W', run: waker }, { name: 'V', run: waker }], maxKills: 1, slices: 'when-stuck' });
  });

  it('loses no ring of one of two that wake at the same time, to an event loop that comes meanwhile', () => {
    const loops = { ...models(waker), actors: [{ name: 'A', run: eventLoop(1) }, { name: 'B', run: eventLoop(2) }, { name: 'W', run: waker }, { name: 'V', run: waker }], maxPreemptions: 4 };
    expect(verify(loops).slicesUsed).toBe(0);
  });

  it('rings each event loop once, also one that waits again before the others were rung', () => {
    const words = new AtomicWords(new Int32Array(QUEUE + WAIT_QUEUE_WORDS), 0);
    const slots = [0, 31, 32, 700, 1023];
    const rings: number[] = [];
    const kernel = {
      ring(slot: number) {
        expect(rings.push(slot)).toBeLessThanOrEqual(slots.length);
        enlist(words, QUEUE, slot);
        return true;
      },
    } as Kernel;
    for (const slot of slots) enlist(words, QUEUE, slot);
    wakeAll(words, QUEUE, kernel);
    expect(rings.sort((a, b) => a - b)).toEqual(slots);
    expect(enlisted(words, QUEUE)).toEqual(slots);
  });

  it('sees the loss when FLAG does not count (the explorer is not blind)', () => {
    const forgetful = ({ words, kernel }: World): void => {
      words.add(EVENTS, 1);
      if (words.exchange(QUEUE + FLAG, 0) !== 0) kernel.wake(words, QUEUE + FLAG, EVERYBODY);
    };
    expect(explore(models(forgetful)).violation?.kind).toBe('deadlock');
  });
});
