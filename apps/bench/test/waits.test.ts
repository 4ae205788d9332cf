import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { summarizeWaits } from '../src/program/waits.js';
import { findPythons } from '../src/pythons.js';

const COUNTS = [1, 2, 99, 100, 101, 199, 200, 201, 1000, 12_345];
const upTo = (count: number) => BigInt64Array.from({ length: count }, (_, i) => BigInt(count - i));
const p99Of = (count: number) => summarizeWaits(upTo(count)).p99Ns;

describe('summarizeWaits', () => {
  it('gives the shortest wait that 99 of 100 do not exceed, whatever their order', () => {
    expect([1, 2, 99, 100, 101, 200, 201].map(p99Of)).toEqual([1, 2, 99, 99, 100, 198, 199]);
  });

  it('is not moved by one wild wait in a hundred, but by two', () => {
    const waits = new BigInt64Array(100).fill(7n);
    expect(summarizeWaits(waits.with(50, 1_000_000n)).p99Ns).toBe(7);
    expect(summarizeWaits(waits.with(50, 1_000_000n).with(51, 1_000_000n)).p99Ns).toBe(1_000_000);
  });

  it('counts them, and none too', () => {
    expect(summarizeWaits(upTo(3)).count).toBe(3);
    expect(summarizeWaits(new BigInt64Array(0))).toEqual({ count: 0, p99Ns: 0 });
  });
});

const [python] = findPythons();
const PRINT_P99 = `
import sys
sys.path.insert(0, sys.argv[1])
from lock_wait import p99
print([p99(list(range(count, 0, -1))) for count in map(int, sys.argv[2:])])
`;

describe.skipIf(python === undefined)('CPython (skipped where there is none)', () => {
  it('takes the same one', () => {
    const folder = fileURLToPath(new URL('../python', import.meta.url));
    const printed = execFileSync(python?.executable ?? '', ['-B', '-c', PRINT_P99, folder, ...COUNTS.map(String)], { encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual(COUNTS.map(p99Of));
  });
});
