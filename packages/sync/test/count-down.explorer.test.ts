import { waitBlocked, wakeOne } from '@manycore/core/internal';
import { explore, verify, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { COUNT_QUEUE, COUNT_WORDS, countDown, countOf } from '../src/count-down.js';
import { kernelOf } from './model-kernel.js';

const waiter = ({ words, kernel }: World): void => {
  waitBlocked(words, COUNT_QUEUE, kernelOf(kernel), () => (countOf(words, 0) === 0 ? true : undefined), Infinity);
};

const counter =
  (k: number) =>
  ({ words, kernel }: World): void =>
    countDown(words, 0, kernelOf(kernel), k);

const isZero = ({ words }: { words: Int32Array }): string | undefined => (words[0] === 0 ? undefined : `count ${words[0]}`);

describe('count of a latch under the explorer', () => {
  it('everybody who waits goes on, whoever makes it 0, and no wake-up is lost', () => {
    const seen = verify({
      actors: [
        { name: 'A', run: waiter },
        { name: 'B', run: waiter },
        { name: 'one', run: counter(1) },
        { name: 'two', run: counter(2) },
      ],
      words: COUNT_WORDS,
      initial: { 0: 3 },
      maxPreemptions: 4,
      final: isZero,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('two that count too much leave 0', () => {
    verify({
      actors: [
        { name: 'one', run: counter(2) },
        { name: 'two', run: counter(2) },
      ],
      words: COUNT_WORDS,
      initial: { 0: 3 },
      final: isZero,
    });
  });

  it('waiters go on when who made it 0 is killed before it wakes', () => {
    verify({
      actors: [
        { name: 'A', run: waiter },
        { name: 'B', run: waiter },
        // Both, so that one is left to do it.
        { name: 'one', run: counter(1) },
        { name: 'another', run: counter(1) },
      ],
      words: COUNT_WORDS,
      initial: { 0: 1 },
      maxKills: 1,
      maxPreemptions: 3,
      slices: 'when-stuck',
      final: isZero,
    });
  });

  it('sees the loss when only one is woken (the explorer is not blind)', () => {
    const quiet = ({ words, kernel }: World): void => {
      words.add(0, -1);
      wakeOne(words, COUNT_QUEUE, kernelOf(kernel));
    };
    const seen = explore({
      actors: [
        { name: 'A', run: waiter },
        { name: 'B', run: waiter },
        { name: 'one', run: quiet },
      ],
      words: COUNT_WORDS,
      initial: { 0: 1 },
    });
    expect(seen.violation?.kind).toBe('deadlock');
  });
});
