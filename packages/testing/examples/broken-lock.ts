import { explore, type World } from '@manycore/testing';

const WORD = 0;

/** A lock that forgets to wake anyone. */
function enter({ words, kernel, note, retract }: World): void {
  while (words.compareExchange(WORD, 0, kernel.self) !== 0) kernel.wait(words, WORD, words.load(WORD), 50);
  note('inside');
  kernel.pause(1);
  retract('inside');
  words.store(WORD, 0);
}

const { violation } = explore({
  actors: [
    { name: 'A', run: enter },
    { name: 'B', run: enter },
  ],
  words: 1,
  names: { [WORD]: 'lock' },
  invariant: (_memory, notes) => (notes.length > 1 ? 'two are inside' : undefined),
});
console.log(violation?.report);
