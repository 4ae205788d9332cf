import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measured, ReportGroup, Void } from '../src/report/report.js';
import { isVoid } from '../src/report/report.js';
import { codecs, type Codec } from '../src/serialization/codec.js';
import { formatSerialization } from '../src/serialization/markdown.js';
import { samples } from '../src/serialization/sample.js';
import { STEPS } from '../src/serialization/scenario.js';
import { built } from './built.js';

function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [built('serialization'), ...args], (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }));
  });
}

describe('the comparison of codecs as a command', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bench-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('measures every step of every codec, and a codec that does not keep the value is void without failing the run', { timeout: 120_000 }, async () => {
    const json = join(folder, 'bytes.json');
    const markdown = join(folder, 'bytes.md');
    const { code, stdout } = await run('--quick', '--rounds', '1', '--filter', 'bytes-1k', '--json', json, '--markdown', markdown);
    expect(code).toBe(0);
    expect(stdout).toMatch(/void: bytes-1k-both, JSON: round 0: ended with exit code 1: Error: Item 0, a Uint8Array, came back as a Object/);
    const { groups } = JSON.parse(readFileSync(json, 'utf8')) as { groups: ReportGroup[] };
    expect(groups.map(({ scenario }) => scenario)).toEqual(STEPS.map((step) => `bytes-1k-${step}`));
    for (const { rows } of groups) {
      expect(rows.map(({ contender }) => contender)).toEqual(Object.keys(codecs));
      expect(rows.filter(isVoid).map(({ contender }) => contender)).toEqual(['JSON']);
    }
    expect(readFileSync(markdown, 'utf8')).toMatch(/^<!-- serialization-results:begin -->\n- Measured (.|\n)*\| Buffer of 1 KiB \| encode \| .* \| void \| .* \|\n(.|\n)*<!-- serialization-results:end -->\n$/);
  });

  it('prints its own name with its options', async () => {
    expect((await run('--help')).stdout).toMatch(/^Usage: node dist\/serialization.js /);
  });

  it('refuses what it does not know', async () => {
    expect(await run('--filter', 'nothing')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('small-encode') as string });
  });
});

describe('samples', () => {
  it.each(samples.map((sample) => [sample.id, sample] as const))('%s: items differ, are made alike again, and manycore keeps them', async (_, { make }) => {
    expect(isDeepStrictEqual(make(1), make(2))).toBe(false);
    expect(isDeepStrictEqual(make(1), make(1))).toBe(true);
    const codec: Codec = await codecs['manycore']!();
    expect(isDeepStrictEqual(codec.decode(codec.encode(make(3))), make(3))).toBe(true);
    expect(isDeepStrictEqual(codec.decodeKept(codec.keep(codec.encode(make(3)))), make(3))).toBe(true);
  });
});

it('the table has a column for each codec and a ratio to the fastest of the others', () => {
  const measured = (contender: string, median: number, ratio: number): Measured => ({ contender, samples: [median], time: { count: 1, min: median, p10: median, median, p90: median }, isBaseline: ratio === 1, ratio });
  const failed: Void = { contender: 'JSON', failure: 'round 0: wrong' };
  const group = { scenario: 'x-encode', title: '{ id, name }, encode', operation: '', placement: 'free', operations: 1, rows: [measured('manycore', 500, 3), measured('node:v8', 1500, 1), failed] } as ReportGroup;
  const header = { date: 'then', cpu: 'some cpu', cores: 2, kernel: 'Linux 6', loadBefore: 0, node: 'v20.20.2', rounds: 3, quick: false };
  const lines = formatSerialization(header, [group]).split('\n');
  expect(lines).toContain('- Node v20.20.2');
  expect(lines).toContain('| Item | Step | manycore | node:v8 | JSON | Ratio |');
  expect(lines).toContain('| { id, name } | encode | 500 ns | 1.50 µs | void | 3.00× |');
});
