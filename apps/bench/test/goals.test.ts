import { describe, expect, it } from 'vitest';
import { formatFigure, formatGoal } from '../src/report/format.js';
import { formatMarkdown } from '../src/report/markdown.js';
import type { RunHeader } from '../src/report/header.js';
import { reportOn, type Measured } from '../src/report/report.js';
import { formatTable } from '../src/report/table.js';
import type { Group, Row } from '../src/run/groups.js';
import { group, row } from './builders.js';

const MIB = 2 ** 20;
const header: RunHeader = { date: 'now', cpu: 'some cpu', cores: 2, kernel: 'Linux 6', loadBefore: 0, node: 'v20', rounds: 1, quick: false };

const applied = (ours: number, placement: Group['placement'] = 'free', others: readonly Row[] = [
  row('CPython 3.13.0', 'cpython', [160_000]), row('jest-worker', 'node', [60_000]), row('workerpool, process', 'node', [50_000]),
]): Measured => reportOn([group('pool-apply', [row('manycore', 'manycore', [ours]), ...others], placement)])[0]?.rows[0] as Measured;

const sized = (name: string, family: 'manycore' | 'node', mebibytes: number): Row => {
  const measured = row(name, family, [1]);
  return { ...measured, outcomes: measured.outcomes.map((outcome) => ({ ...outcome, bytes: mebibytes * MIB })) };
};
const memory = (ours: number) => reportOn([group('pool-memory', [sized('manycore', 'manycore', ours), sized('bare idle node', 'node', 20), sized('jest-worker', 'node', 30)])]);

describe('a goal of a row with several', () => {
  it('is judged by the fastest of what is Node\'s', () => {
    expect(formatGoal(applied(10_000))).toBe("≥ 8.00× reached; ≥ 3.00× of Node's best (5.00×) reached");
    expect(formatGoal(applied(25_000))).toBe("≥ 8.00× short; ≥ 3.00× of Node's best (2.00×) short");
  });

  it('says nothing where nobody was measured to compare with', () => {
    expect(formatGoal(applied(10_000, 'free', []))).toBe("≥ 8.00×; ≥ 3.00× of Node's best");
  });

  it('is left out when all are pinned to one CPU', () => {
    expect(formatGoal(applied(100_000, 'pinned'))).toBe('≥ 1.00× reached');
  });

  it('may be a time of its own', () => {
    const [inFlight] = reportOn([group('threadpool-64', [row('manycore', 'manycore', [5_000]), row('piscina', 'node', [4_000])])]);
    const [ours, theirs] = inFlight?.rows as Measured[];
    expect(formatGoal(ours as Measured)).toBe('≤ 5.00 µs reached');
    expect(theirs).not.toHaveProperty('judged');
    const [slower] = reportOn([group('threadpool-64', [row('manycore', 'manycore', [5_001])])]);
    expect(formatGoal(slower?.rows[0] as Measured)).toBe('≤ 5.00 µs short');
  });

  it('may be a size over that of the baseline', () => {
    expect(formatGoal(memory(24)[0]?.rows[0] as Measured, 'bytes')).toBe('≤ baseline + 5.00 MiB reached');
    expect(formatGoal(memory(26)[0]?.rows[0] as Measured, 'bytes')).toBe('≤ baseline + 5.00 MiB short');
  });
});

describe('a figure in bytes', () => {
  it('is written in mebibytes, in both tables', () => {
    expect(formatFigure(3 * MIB / 2, 'bytes')).toBe('1.50 MiB');
    const [heading, ours] = formatTable(memory(40)).split('\n').filter((line) => /pool-memory|manycore/.test(line));
    expect(heading).toContain('figures are the private memory of one process');
    expect(ours).toMatch(/40.0 MiB .* – +│ 0.50×/);
    expect(formatMarkdown(header, memory(40))).toContain('| manycore | 40.0 MiB | 40.0 MiB – 40.0 MiB | 0.50× | ≤ baseline + 5.00 MiB short |');
  });
});
