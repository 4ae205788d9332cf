import { native } from '@manycore/core/internal';
import { describe, expect, it } from 'vitest';
import { Lookout } from '../../src/pool/lookout.js';

const MOST = 1024;
const FEWEST = 32;
const SHORT = 0.1;

/** How often it asks in vain. */
function asked(lookout: Lookout, most = Infinity): number {
  let count = 0;
  expect(lookout.look(() => (count++, false), most)).toBe(false);
  return count;
}

const succeed = (lookout: Lookout): boolean => lookout.look(() => true, Infinity);

describe.runIf(native().cpuCount > 1)('a lookout', () => {
  it('looks shorter each time that it was in vain, and longer each time that it paid off', () => {
    const lookout = new Lookout(MOST);
    expect([asked(lookout), asked(lookout), asked(lookout)]).toEqual([MOST, MOST / 2, MOST / 4]);
    for (let i = 0; i < 20; i++) asked(lookout);
    expect(asked(lookout)).toBe(FEWEST);
    for (let i = 0; i < 3; i++) expect(succeed(lookout)).toBe(true);
    expect(asked(lookout)).toBe(FEWEST * 8);
    for (let i = 0; i < 20; i++) succeed(lookout);
    expect(asked(lookout)).toBe(MOST);
  });

  it('stops at what comes true', () => {
    let count = 0;
    expect(new Lookout(MOST).look(() => ++count === 5, Infinity)).toBe(true);
    expect(count).toBe(5);
  });

  it('never looks longer than it is told', () => {
    expect([asked(new Lookout(MOST), 100), asked(new Lookout(MOST), 0)]).toEqual([100, 0]);
  });

  it('tries the longest look after a short sleep, and less and less often while that is in vain', () => {
    const lookout = new Lookout(MOST);
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
    const lookout = new Lookout(MOST);
    for (let i = 0; i < 20; i++) asked(lookout);
    lookout.slept(SHORT);
    succeed(lookout);
    expect(asked(lookout)).toBe(MOST);
  });

  it('learns nothing from a long sleep', () => {
    const lookout = new Lookout(MOST);
    for (let i = 0; i < 20; i++) asked(lookout);
    lookout.slept(5);
    expect(asked(lookout)).toBe(FEWEST);
  });
});
