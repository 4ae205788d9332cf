import { describe, expect, it } from 'vitest';
import { formatOutcomes, runLitmus, type Actor, type Litmus } from '../src/index.js';

const X = 0;
const Y = 1;

/** Each announces itself and then looks whether the other did; `seen` cells hold what it saw. */
const announceThenLook =
  (mine: number, other: number, seen: number): Actor =>
  ({ words, plain }) => {
    words.store(mine, 1);
    plain.set(seen, words.load(other));
  };

const lookThenAnnounce =
  (mine: number, other: number, seen: number): Actor =>
  ({ words, plain }) => {
    const saw = words.load(other);
    words.store(mine, 1);
    plain.set(seen, saw);
  };

const dekker = (side: typeof announceThenLook): Litmus => ({
  actors: [
    { name: 'A', run: side(X, Y, 0) },
    { name: 'B', run: side(Y, X, 1) },
  ],
  words: 2,
  plain: 2,
  names: { [X]: 'x', [Y]: 'y' },
  observe: ({ plain }) => `${plain[0]}, ${plain[1]}`,
  table: [
    { outcome: '0, 1', verdict: 'acceptable', why: 'A was first' },
    { outcome: '1, 0', verdict: 'acceptable', why: 'B was first' },
    { outcome: '1, 1', verdict: 'interesting', why: 'both announced before either looked' },
    { outcome: '0, 0', verdict: 'forbidden', why: 'neither saw the other: both would enter' },
  ],
});

describe('runLitmus', () => {
  it('announce, then look: at least one of two sees the other', () => {
    const outcomes = runLitmus(dekker(announceThenLook));
    expect(outcomes.unseen).toEqual([]);
    expect(
      formatOutcomes(outcomes)
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      'outcome    seen  verdict      why',
      '0, 1          1  acceptable   A was first',
      '1, 0          1  acceptable   B was first',
      '1, 1          1  interesting  both announced before either looked',
      '0, 0          0  forbidden    neither saw the other: both would enter',
    ]);
  });

  it('look, then announce: the forbidden outcome is found, with its schedule', () => {
    const wrong = (): unknown => runLitmus(dekker(lookThenAnnounce));
    expect(wrong).toThrow(/outcome "0, 0" is forbidden: neither saw the other[^]*1 {2}A {2}load\(y\) = 0/);
    expect(wrong).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_TESTING_OUTCOME' }));
  });

  it('an outcome that the table forgot is a failure', () => {
    const litmus = dekker(announceThenLook);
    expect(() => runLitmus({ ...litmus, table: litmus.table.slice(1) })).toThrow(/outcome "0, 1" is not in the table/);
  });

  it('an outcome that never happens is named, one listed twice refused', () => {
    const litmus = dekker(announceThenLook);
    const row = { outcome: '2, 2', verdict: 'acceptable', why: 'invented' } as const;
    expect(runLitmus({ ...litmus, table: [...litmus.table, row] }).unseen).toEqual(['2, 2']);
    expect(() => runLitmus({ ...litmus, table: [...litmus.table, ...litmus.table] })).toThrow(RangeError);
  });

  it('a deadlock is no outcome but a failure', () => {
    const litmus = dekker(announceThenLook);
    const stuck: Actor = ({ words, kernel }) => kernel.wait(words, X, 0, Infinity);
    expect(() => runLitmus({ ...litmus, actors: [{ name: 'A', run: stuck }] })).toThrow(/deadlock/);
  });
});
