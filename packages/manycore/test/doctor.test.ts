/** `manycore doctor`, as a command and by its parts. */
import { fileURLToPath } from 'node:url';
import { spawnFixture, type FixtureResult } from '@manycore/testing';
import { getAllStartMethods } from 'manycore';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../src/doctor/problems.js';
import type { DoctorReport } from '../src/doctor/report.js';
import { textOf } from '../src/doctor/text.js';

const COMMAND = new URL('../dist/cli/main.js', import.meta.url);
const NO_ADDON = fileURLToPath(new URL('./fixtures/no-addon.cjs', import.meta.url));

async function run(args: readonly string[], execArgv: readonly string[] = []): Promise<FixtureResult> {
  await using running = spawnFixture(COMMAND, { args: [...args], execArgv: [...execArgv] });
  return await running.done;
}

const HEALTHY: Omit<DoctorReport, 'problems'> = {
  platform: { manycore: '1.2.3', node: '24.1.0', system: 'linux', arch: 'x64', libc: 'musl', kernel: '6.1' },
  addon: { file: '/somewhere/manycore.node', buffers: 'external' },
  cpus: { machine: 8, usable: 4 },
  memory: { machineBytes: 2 ** 35, freeBytes: 2 ** 34, containerBytes: 2 ** 33, sharedLimitBytes: 1.5 * 2 ** 32 },
  files: { hasProc: true, mostOpen: 20_000, shm: { bytes: 2 ** 26, freeBytes: 2 ** 25 } },
  starts: [{ method: 'spawn', firstMs: 100.4, nextMs: 51.23 }],
  primitives: [{ name: 'Lock', ns: 12.345 }, { name: 'Pipe', ns: 12_345 }, { name: 'Pool', ns: 12_345_678 }],
};

describe('the command', () => {
  it('reports the machine, what a start by each method costs and the time of the primitives', async () => {
    const { exitCode, lines, stderr } = await run(['doctor', '--json']);
    expect([exitCode, stderr]).toEqual([0, '']);
    const report = JSON.parse(lines.join('\n')) as DoctorReport;
    expect(report.problems.filter(({ severity }) => severity === 'failure')).toEqual([]);
    expect(report.platform.node).toBe(process.versions.node);
    expect(report.addon).toMatchObject({ file: expect.stringMatching(/manycore\.node$/) as string });
    expect(report.cpus.usable).toBeGreaterThanOrEqual(1);
    expect(report.memory.sharedLimitBytes).toBeGreaterThan(0);
    expect(report.starts).toEqual(getAllStartMethods().map((method) => ({ method, firstMs: expect.any(Number) as number, nextMs: expect.any(Number) as number })));
    expect(report.primitives).toHaveLength(6);
    for (const one of report.primitives!) expect(one).toEqual({ name: expect.any(String) as string, ns: expect.any(Number) as number });
  });

  it('says why the native part could not be loaded, measures nothing, and fails', async () => {
    const { exitCode, stdout } = await run(['doctor'], ['--require', NO_ADDON]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('libmissing.so: cannot open shared object file');
    expect(stdout).toContain('manycore does not work here.');
    expect(stdout).not.toContain('Time of one call');
  });

  it.each([[[]], [['dcotor']], [['doctor', 'twice']], [['doctor', '--jsno']]])('refuses %j with a line of what is wrong and how to use it', async (args) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^manycore: .+\n/);
    expect(stderr).toContain('Usage: manycore doctor');
  });
});

describe('what stands in the way', () => {
  it('is nothing on a machine that has it all', () => {
    expect(problemsOf(HEALTHY)).toEqual([]);
  });

  it.each<[string, 'failure' | 'warning', Partial<DoctorReport>]>([
    ['Node 20.18.3 is too old', 'failure', { platform: { ...HEALTHY.platform, node: '20.18.3' } }],
    ['the native part could not be loaded', 'failure', { addon: { error: 'no such file' } }],
    ['/proc is not there', 'failure', { files: { ...HEALTHY.files, hasProc: false } }],
    ['no shared memory could be made', 'failure', { memory: { ...HEALTHY.memory, sharedLimitBytes: null } }],
    ['start method spawn does not work', 'failure', { starts: [{ method: 'spawn', error: 'EAGAIN' }] }],
    ['Lock does not work', 'failure', { primitives: [{ name: 'Lock', error: 'no' }] }],
    ['there is little memory to share', 'warning', { memory: { ...HEALTHY.memory, sharedLimitBytes: 2 ** 20 } }],
    ['this process may use one CPU only', 'warning', { cpus: { machine: 8, usable: 1 } }],
    ['a process may have 256 open files only', 'warning', { files: { ...HEALTHY.files, mostOpen: 256 } }],
    ['/dev/shm is not there', 'warning', { files: { ...HEALTHY.files, shm: null } }],
  ])('%s: a %s, with advice', (what, severity, change) => {
    expect(problemsOf({ ...HEALTHY, ...change })).toEqual([{ severity, what, advice: expect.stringMatching(/./) as string }]);
  });

  it('is not an old Node where only the minor version has two digits', () => {
    expect(problemsOf({ ...HEALTHY, platform: { ...HEALTHY.platform, node: '100.2.0' } })).toEqual([]);
  });
});

describe('the report for people', () => {
  it('has a line for each thing, in units that can be read', () => {
    const text = textOf({ ...HEALTHY, problems: [{ severity: 'warning', what: 'it is dark', advice: 'Put the light on.' }] }, false);
    for (const part of ['8, of which this process may use 4', '32 GiB, 16 GiB free', '6 GiB', '51.2 ms, the first one 100 ms', '12.3 ns', '12.3 µs', '12.3 ms', 'warning: it is dark\n  Put the light on.', 'manycore works here.'])
      expect(text).toContain(part);
    expect(text).not.toContain('\u001B');
  });
});
