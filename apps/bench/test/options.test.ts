import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../src/errors.js';
import { parseOptions } from '../src/options.js';

describe('parseOptions', () => {
  it('measures seven rounds of everything, unpinned, when nothing is asked for', () => {
    expect(parseOptions([])).toEqual({ rounds: 7, cold: false, filter: '', quick: false, list: false, help: false });
  });

  it('takes every option', () => {
    const argv = ['--rounds', '4', '--cold', '--filter', 'lock', '--quick', '--pin', '0', '--json', 'a.json', '--markdown=b.md', '--list', '-h'];
    expect(parseOptions(argv)).toEqual({
      rounds: 4, cold: true, filter: 'lock', quick: true, pin: 0, json: 'a.json', markdown: 'b.md', list: true, help: true,
    });
  });

  it('runs fewer rounds when quick, unless the number is given', () => {
    expect(parseOptions(['--quick']).rounds).toBe(3);
    expect(parseOptions(['--quick', '--rounds', '9']).rounds).toBe(9);
  });

  it('ignores the leading -- that pnpm hands on', () => {
    expect(parseOptions(['--', '--quick']).quick).toBe(true);
  });

  it.each([
    ['--rounds', '0'], ['--rounds', '1.5'], ['--rounds', 'many'], ['--rounds', '-1'], ['--rounds', '1001'], ['--rounds'],
    ['--pin', 'x'], ['--pin', String(availableParallelism())],
    ['--json', ''], ['--markdown', ''], ['--unknown'], ['stray'],
  ])('refuses %s %s', (...argv) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
  });
});
