import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../src/errors.js';
import { formatRate, formatTime } from '../src/report/format.js';
import type { RunHeader } from '../src/report/header.js';
import { formatJson } from '../src/report/json.js';
import { checkMarkdownFile, formatMarkdown, writeMarkdown } from '../src/report/markdown.js';
import { isVoid, reportOn, type Measured } from '../src/report/report.js';
import { formatTable } from '../src/report/table.js';
import type { Row } from '../src/run/groups.js';
import { group, row } from './builders.js';

const header: RunHeader = {
  date: '2026-01-02T03:04:05.000Z', cpu: 'some cpu', cores: 2, kernel: 'Linux 6', loadBefore: 0.5,
  node: 'v20.20.2', cpython: ['3.13.0'], rounds: 3, quick: false,
};
const failed = { ...row('CPython 3.13.0', 'cpython', []), failure: 'round 1: wrong | result' };
const groups = [
  group('lock-contended', [
    row('manycore', 'manycore', [30, 40, 50], { shares: [300, 100] }),
    row('CPython 3.11.7', 'cpython', [300, 310, 290]),
    row('CPython 3.13.0', 'cpython', [200, 210, 190]),
  ]),
  group('queue-oneway-object', [row('manycore', 'manycore', [1000]), failed, row('fork IPC, json', 'node', [9000])], 'pinned'),
];
const [contended, oneWay] = reportOn(groups);

/** The time per operation would say the opposite. */
const waitGroup = group('lock-wait', [
  withWaits(row('manycore', 'manycore', [10, 10, 10]), [500, 400, 600]),
  withWaits(row('CPython 3.11.7', 'cpython', [20, 20, 20]), [300, 300, 300]),
  withWaits(row('CPython 3.13.0', 'cpython', [30, 30, 30]), [250, 250, 250]),
]);

function withWaits(measured: Row, p99s: readonly number[]): Row {
  const outcomes = measured.outcomes.map((outcome, i) => ({ ...outcome, waits: { count: 1, p99Ns: p99s[i] as number } }));
  return { ...measured, outcomes };
}

describe('reportOn', () => {
  it('compares with the median of the fastest CPython', () => {
    const [ours, slower, faster] = contended?.rows as Measured[];
    expect(ours?.ratio).toBe(5);
    expect(slower?.ratio).toBeCloseTo(2 / 3);
    expect([ours?.isBaseline, slower?.isBaseline, faster?.isBaseline]).toEqual([false, false, true]);
  });

  it('gives the goal of the placement to manycore alone', () => {
    expect((contended?.rows as Measured[]).map(({ reach }) => reach)).toEqual([2, undefined, undefined]);
    expect((oneWay?.rows[0] as Measured).reach).toBe(1);
  });

  it('gives no ratio where the baseline is void, and never takes a void row for it', () => {
    expect((oneWay?.rows[0] as Measured).ratio).toBeUndefined();
    expect(oneWay?.rows.map(isVoid)).toEqual([false, true, false]);
  });

  it('says how unequal the shares were', () => {
    expect((contended?.rows[0] as Measured).unfairness).toEqual({ median: 3, worst: 3 });
  });

  it('takes the figure of a scenario that has one, for the baseline and the ratio too', () => {
    const [waits] = reportOn([waitGroup]);
    expect(waits?.figure).toBe('p99 of what the acquires of both took');
    const [ours, slower, faster] = waits?.rows as Measured[];
    expect([ours?.samples, ours?.ratio]).toEqual([[500, 400, 600], 0.5]);
    expect([slower?.isBaseline, faster?.isBaseline]).toEqual([false, true]);
  });

  it('says nothing of a figure where the times are per operation', () => {
    expect(contended).not.toHaveProperty('figure');
  });

  it('makes a row without samples void', () => {
    const [interrupted] = reportOn([group('lock-contended', [row('manycore', 'manycore', [])])]);
    expect(interrupted?.rows[0]).toEqual({ contender: 'manycore', failure: 'not measured: the run was interrupted' });
  });
});

describe('formatTable', () => {
  const lines = formatTable([contended, oneWay].flatMap((each) => each ?? [])).split('\n');

  it('shows median, spread, rate, ratio, goal and unfairness of a row', () => {
    const [ours] = lines.filter((line) => line.includes('manycore'));
    for (const text of ['40.0 ns', '30.0 ns', '32.0 ns – 48.0 ns', '25 000 000', '5.00×', '≥ 2.00× reached', '3.00:1']) {
      expect(ours).toContain(text);
    }
  });

  it('says in the heading what the times are when they are not per operation, and gives no rate then', () => {
    const [heading, ours] = formatTable(reportOn([waitGroup])).split('\n').filter((line) => /lock-wait|manycore/.test(line));
    expect(heading).toContain('figures are the p99 of what the acquires of both took');
    expect(ours).toMatch(/500 ns .* – +│ 0.50×/);
    expect(ours).not.toContain('2 000 000');
  });

  it('marks the baseline, and a void row with its reason below', () => {
    expect(lines.find((line) => line.includes('CPython 3.13.0'))).toContain('baseline');
    expect(lines.at(-1)).toBe('void: queue-oneway-object, pinned, CPython 3.13.0: round 1: wrong | result');
  });
});

describe('formatJson', () => {
  it('keeps the header and every sample', () => {
    const parsed = JSON.parse(formatJson(header, reportOn(groups))) as RunHeader & { groups: { rows: Measured[] }[] };
    expect(parsed).toMatchObject({ date: header.date, cpython: ['3.13.0'] });
    expect(parsed.groups[0]?.rows[0]?.samples).toEqual([30, 40, 50]);
  });
});

describe('markdown', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'bench-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const section = formatMarkdown(header, reportOn(groups));

  it('says when and on what was measured, and has one line per row', () => {
    expect(section).toContain('- Machine: some cpu, 2 CPUs, Linux 6');
    expect(section).toContain(
      '| Lock, two processes hammering | manycore | 40.0 ns | 32.0 ns – 48.0 ns | 5.00× | ≥ 2.00× reached | 3.00:1 (worst 3.00:1) |',
    );
    expect(section).toContain('| void: round 1: wrong \\| result |');
  });

  it('replaces what is between the marks and nothing else, also a second time', () => {
    const file = join(folder, 'README.md');
    writeFileSync(file, 'before\n<!-- bench-results:begin -->\nold\n<!-- bench-results:end -->\nafter\n');
    writeMarkdown(file, 'first\n');
    writeMarkdown(file, 'second\n');
    expect(readFileSync(file, 'utf8')).toBe('before\n<!-- bench-results:begin -->\nsecond\n<!-- bench-results:end -->\nafter\n');
  });

  it('makes a file that is not there', () => {
    const file = join(folder, 'new.md');
    writeMarkdown(file, section);
    expect(readFileSync(file, 'utf8')).toContain(section);
  });

  it('refuses a file without marks and leaves it as it was', () => {
    const file = join(folder, 'other.md');
    writeFileSync(file, 'precious\n');
    expect(() => checkMarkdownFile(file)).toThrow(UsageError);
    expect(() => writeMarkdown(file, section)).toThrow(UsageError);
    expect(readFileSync(file, 'utf8')).toBe('precious\n');
  });
});

describe('formats', () => {
  it.each([
    [0.5, '0.50 ns'], [52.13, '52.1 ns'], [999.94, '1.00 µs'], [4_700, '4.70 µs'], [102_345, '102 µs'], [7e7, '70.0 ms'], [2e9, '2.00 s'],
  ])('writes %d ns as %s', (ns, text) => expect(formatTime(ns)).toBe(text));

  it.each([[52, '19 200 000'], [1e6, '1 000'], [7e7, '14.3'], [2e9, '0.50']])('writes one per %d ns as %s a second', (ns, text) => {
    expect(formatRate(ns)).toBe(text);
  });
});
