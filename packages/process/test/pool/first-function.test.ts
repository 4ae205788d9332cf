import { Pool } from '@manycore/process';
import { describe, expect, it } from 'vitest';
import { shifted } from '../fixtures/awaits-on-load.mjs';
import { shiftedTwice } from '../fixtures/imports-awaiting.mjs';
import { METHODS } from './helpers.js';

// The worker of a process loads the module of its first function by `require`, and this one cannot be: it has to be imported, and not run twice.
describe.each(METHODS)('the first function of a worker, %s', (startMethod) => {
  it.each([
    ['whose module awaits at its top level', shifted, 11],
    ['whose module imports one that does', shiftedTwice, 21],
  ])('%s', async (_what, fn, due) => {
    await using pool = new Pool(1, { startMethod });
    expect(await pool.apply(fn, [1])).toBe(due);
    expect(await pool.map(fn, [1, 1])).toEqual([due, due]);
  });
});
