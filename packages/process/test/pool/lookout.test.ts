import { native } from '@manycore/core/internal';
import { describe, expect, it } from 'vitest';
import { Lookout } from '../../src/pool/lookout.js';

const MOST_MS = 1;
/** What it looks at least, between two looks at the clock. */
const FEWEST = 32;
/** By a clock of which a look takes 1/1024: a whole number of them passes in each half of a time. */
const MOST = 1024;
const SHORT = 0.1;

let time = 0;
const lookoutOf = (mostMs: number): Lookout => new Lookout(mostMs, () => time);

/** How often it asks in vain. */
function asked(lookout: Lookout, mostMs = Infinity): number {
  let count = 0;
  const isThere = (): boolean => {
    count++;
    time += MOST_MS / MOST;
    return false;
  };
  expect(lookout.look(isThere, mostMs)).toBe(false);
  return count;
}

const succeed = (lookout: Lookout): boolean => lookout.look(() => true, Infinity);

describe.runIf(native().cpuCount > 1)('a lookout', () => {
  it('looks shorter each time that it was in vain, and longer each time that it paid off', () => {
    const lookout = lookoutOf(MOST_MS);
    expect([asked(lookout), asked(lookout), asked(lookout)]).toEqual([MOST, MOST / 2, MOST / 4]);
    for (let i = 0; i < 20; i++) asked(lookout);
    expect(asked(lookout)).toBe(FEWEST);
    for (let i = 0; i < 20; i++) succeed(lookout);
    expect(asked(lookout)).toBe(MOST);
  });

  it('stops at what comes true', () => {
    let count = 0;
    expect(lookoutOf(MOST_MS).look(() => ++count === 5, Infinity)).toBe(true);
    expect(count).toBe(5);
  });

  it('never looks longer than it is told, whatever a look costs', () => {
    expect([asked(lookoutOf(MOST_MS), MOST_MS / 8), asked(lookoutOf(MOST_MS), 0)]).toEqual([MOST / 8, FEWEST]);
    let count = 0;
    const dear = (): boolean => ((time += MOST_MS), ++count > 2 * FEWEST);
    expect(lookoutOf(MOST_MS).look(dear, Infinity)).toBe(false);
    expect(count).toBe(FEWEST);
  });

  it('tries the longest look after a short sleep, and less and less often while that is in vain', () => {
    const lookout = lookoutOf(MOST_MS);
    for (let i = 0; i < 20; i++) asked(lookout);
    const tries: number[] = [];
    for (let sleep = 0; sleep < 60; sleep++) {
      lookout.slept(SHORT);
      if (asked(lookout) === MOST) tries.push(sleep);
    }
    const gaps = tries.slice(1).map((sleep, i) => sleep - tries[i]!);
    expect(gaps.slice(0, 5)).toEqual([2, 3, 5, 9, 9]);
  });

  it('goes on looking long when a try paid off', () => {
    const lookout = lookoutOf(MOST_MS);
    for (let i = 0; i < 20; i++) asked(lookout);
    lookout.slept(SHORT);
    succeed(lookout);
    expect(asked(lookout)).toBe(MOST);
  });

  it('learns nothing from a long sleep', () => {
    const lookout = lookoutOf(MOST_MS);
    for (let i = 0; i < 20; i++) asked(lookout);
    lookout.slept(5);
    expect(asked(lookout)).toBe(FEWEST);
  });
});
