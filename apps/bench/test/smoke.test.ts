import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measured, ReportGroup, Void } from '../src/report/report.js';
import { findPythons } from '../src/pythons.js';
import { built } from './built.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** With one CPython: that a row counts for the others too is the business of a real run. */
const pythons = findPythons().slice(-1);
const env = { ...process.env, ...(pythons[0] === undefined ? {} : { MANYCORE_BENCH_PYTHON: pythons[0].executable }) };

function bench(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [built('main'), ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

describe('the bench as a command', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bench-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['lock', ['lock-uncontended', 'lock-contended', 'lock-held', 'lock-wait']],
    ['value', ['value-increment', 'value-add', 'value-increment-contended', 'value-add-contended']],
    ['event', ['event-set-wait']],
    ['barrier', ['barrier-two']],
    ['condition', ['condition-ping-pong']],
    ['semaphore', ['semaphore-uncontended', 'semaphore-roundtrip']],
  ])('measures the %s rows: none is void, and manycore is compared with CPython where there is one', { timeout: 300_000 }, async (filter, ids) => {
    const json = join(folder, `${filter}.json`);
    const { code, stdout, stderr } = await bench('--quick', '--cold', '--filter', filter, '--rounds', '1', '--json', json);
    expect(stdout).not.toContain('void');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'round 1 of 1\n' });
    const { groups } = JSON.parse(readFileSync(json, 'utf8')) as { groups: ReportGroup[] };
    expect(groups.map(({ scenario }) => scenario)).toEqual(ids);
    for (const { rows } of groups) {
      expect(rows.map(({ contender }) => contender)).toEqual(['manycore', ...pythons.map(({ version }) => `CPython ${version}`)]);
      const [ours] = rows as (Measured & Partial<Void>)[];
      if (pythons.length > 0) expect(ours?.ratio).toBeGreaterThan(0);
      else expect(ours?.ratio).toBeUndefined();
    }
  });

  it.each(['pipe-', 'array-1m', 'queue-2x2', 'view'])('measures the %s rows of all contenders, and none is void', { timeout: 300_000 }, async (filter) => {
    const { code, stdout, stderr } = await bench('--quick', '--cold', '--filter', filter, '--rounds', '1');
    expect(stdout).not.toContain('void');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'round 1 of 1\n' });
  });

  it('lists scenarios and who takes part without measuring', async () => {
    const { code, stdout, stderr } = await bench('--list', '--filter', 'cold');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^start-join: .*\n {2}manycore\n(.*\n)* {2}bare node -e 0\npool-first: .*\n {2}manycore\n(.*\n)*$/);
  });

  it('prints what it has when it is interrupted, and ends at once', async () => {
    const args = [built('main'), '--quick', '--cold', '--filter', 'lock-uncontended', '--rounds', '1000'];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close') as Promise<[number | null]>;
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await new Promise<void>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => text.includes('round 2 of') && resolve());
    });
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(stdout).toMatch(/INTERRUPTED, fewer rounds were measured\n(.*\n)*.* manycore .* ns/);
  });

  it('prints its options', async () => {
    expect(await bench('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--markdown FILE') as string });
  });

  it.each([
    [['--rounds', 'x'], '--rounds'], [['--filter', 'nothing'], "'nothing'"], [['--wrong'], 'Usage:'],
  ])('refuses %j with exit code 2', async (args, text) => {
    const { code, stdout, stderr } = await bench(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
  });
});
