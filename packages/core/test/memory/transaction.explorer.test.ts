import { explore, verify, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { Transaction } from '../../src/memory/transaction.js';
import { lockBlocked, ROBUST_LOCK_WORDS, unlock } from '../../src/parking/robust-lock.js';
import { kernelOf } from '../parking/model-kernel.js';

const LOCK = 0;
const LOG = ROBUST_LOCK_WORDS;
const FIRST = LOG + 16;
const SECOND = FIRST + 1;
const WORDS = SECOND + 1;

/** Moves one from the first account to the second. */
function transfer({ words, kernel: model, note }: World): void {
  const kernel = kernelOf(model);
  const tx = new Transaction(words, LOG);
  const dead = lockBlocked(words, LOCK, kernel, Infinity);
  if (dead !== 0) tx.rollBack();
  if (words.load(FIRST) + words.load(SECOND) !== 10) note('saw half a transfer');
  tx.run(() => {
    tx.add(FIRST, -1);
    tx.add(SECOND, 1);
  });
  unlock(words, LOCK, kernel);
  note('done');
}

describe('transaction under the explorer', () => {
  it('is seen whole or not at all after kills at any two steps, of the rollback too', () => {
    verify({
      actors: ['A', 'B', 'C'].map((name) => ({ name, run: transfer })),
      words: WORDS,
      initial: { [FIRST]: 10 },
      maxKills: 2,
      slices: 'when-stuck',
      maxPreemptions: 2,
      final: ({ words }, notes) => {
        if (notes.some(({ event }) => event === 'saw half a transfer')) return 'somebody saw half a transfer';
        const done = notes.filter(({ event }) => event === 'done').length;
        return (words[SECOND] as number) < done ? `${words[SECOND]} arrived of ${done} that were reported done` : undefined;
      },
    });
  });

  it('would be seen half done without the log (the explorer is not blind)', () => {
    const seen = explore({
      actors: [
        {
          name: 'careless',
          run: ({ words, kernel: model }) => {
            lockBlocked(words, LOCK, kernelOf(model), Infinity);
            words.add(FIRST, -1);
            words.add(SECOND, 1);
            unlock(words, LOCK, kernelOf(model));
          },
        },
        { name: 'A', run: transfer },
      ],
      words: WORDS,
      initial: { [FIRST]: 10 },
      maxKills: 1,
      slices: 'when-stuck',
      final: (_memory, notes) => (notes.some(({ event }) => event === 'saw half a transfer') ? 'seen half' : undefined),
    });
    expect(seen.violation).toBeDefined();
  });
});
