import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { arraysOf, preparedArrays } from '../src/program/arrays.js';
import { findPythons } from '../src/pythons.js';

const BYTES = 2 ** 16;
const LENGTH = BYTES / 8;
const arrays = arraysOf(BYTES);
const prepared = preparedArrays(arrays, () => new Float64Array(LENGTH));
const changed = (at: number): Float64Array => Float64Array.from(prepared[2] as Float64Array, (value, i) => (i === at ? value + 1 : value));

describe('arrays of a ring', () => {
  it('are found right where they are due, in copies too', () => {
    for (let i = 0; i < 20; i++) arrays.mustArrive(structuredClone(prepared[i % arrays.count]), i);
  });

  it('are refused one place too early or too late', () => {
    for (let i = 1; i < 20; i++) {
      expect(() => arrays.mustArrive(prepared[(i - 1) % arrays.count], i)).toThrow(`Array ${i} arrived with`);
      expect(() => arrays.mustArrive(prepared[(i + 1) % arrays.count], i)).toThrow(`Array ${i} arrived with`);
    }
  });

  it.each([['first', 0], ['last', LENGTH - 1]])('are refused when the %s number is another', (_, at) => {
    arrays.mustArrive(changed(-1), 2);
    expect(() => arrays.mustArrive(changed(at), 2)).toThrow(`at ${at}, where`);
  });

  it.each([
    ['nothing', undefined], ['a list', Array.from(prepared[0] as Float64Array)], ['half of it', (prepared[0] as Float64Array).subarray(LENGTH / 2)],
    ['its bytes', new Uint8Array((prepared[0] as Float64Array).buffer)],
  ])('are not the same as %s', (_, value) => {
    expect(() => arrays.mustArrive(value, 0)).toThrow('Array 0 arrived as another thing');
  });

  it('are fewer when they are large', () => {
    expect([arrays.count, arraysOf(2 ** 26).count]).toEqual([7, 3]);
  });

  it('have a size', () => {
    expect(() => arraysOf(undefined)).toThrow('names no size');
  });
});

const [python] = findPythons();
const PRINT_ARRAYS = `
import sys
sys.path.insert(0, sys.argv[1])
from arrays import Arrays
arrays = Arrays(${BYTES})
for i, filled in enumerate(arrays.prepared()):
    arrays.must_arrive(filled, i)
    print(filled.tobytes().hex())
try:
    arrays.must_arrive(filled, 0)
except SystemExit as wrong:
    print(str(wrong)[:20])
`;

describe.skipIf(python === undefined)('CPython (skipped where there is none)', () => {
  it('makes the same arrays, and refuses another one', () => {
    const folder = fileURLToPath(new URL('../python', import.meta.url));
    const printed = execFileSync(python?.executable ?? '', ['-B', '-c', PRINT_ARRAYS, folder], { encoding: 'utf8', maxBuffer: 1 << 24 });
    const expected = prepared.map(({ buffer }) => Buffer.from(buffer).toString('hex'));
    expect(printed.trim().split('\n')).toEqual([...expected, 'Array 0 arrived with']);
  });
});
