import { getContext, Process } from '@manycore/process';
import { functionRef } from '@manycore/core';
import { describe, expect, it } from 'vitest';
import { work } from './fixtures/fails-on-demand.mjs';
import { countRuns } from './fixtures/loads-slowly.mjs';
import * as plain from './fixtures/plain.mjs';
import anonymous from './fixtures/plain.mjs';
import { sayWhetherRequired } from './fixtures/says-who-loads.mjs';
import { folder, textOf } from './helpers.js';

async function run(child: Process): Promise<{ out: string; err: string }> {
  child.start();
  const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr), child.join()]);
  return { out, err };
}

describe('a target whose module knows nothing of manycore', () => {
  it('gets plain arguments as they are', async () => {
    using files = folder();
    const args = [1.5, -7, 'text \ud800 \u2028 "', true, null, ''] as const;
    const child = new Process({ target: plain.tellArgs, args: [files.file('args'), ...args] });
    await run(child);
    expect(child.error).toBe(null);
    expect(JSON.parse(files.read('args'))).toEqual([...args]);
  });

  it.each(['spawn', 'thread'] as const)('is called without core (%s)', async (startMethod) => {
    const child = new Process({ target: plain.tellCore, args: [1, 2], startMethod, execArgv: [] });
    await child.start().join();
    expect([child.error, child.exitCode]).toEqual([null, 2]);
  });

  it('gets others as well', async () => {
    using files = folder();
    const child = new Process({ target: plain.tellArgs, args: [files.file('args'), { a: [1, { b: 2 }] }] });
    await run(child);
    expect(JSON.parse(files.read('args'))).toEqual([{ a: [1, { b: 2 }] }]);
  });

  it('fails as any other', async () => {
    for (const [target, message] of [
      [plain.fail, 'at once'],
      [plain.failLater, 'later'],
    ] as const) {
      const child = new Process({ target: target as (message: string) => void, args: ['at once'], stdio: 'pipe' });
      const { err } = await run(child);
      expect(child.exitCode).toBe(1);
      expect(child.error).toBeInstanceOf(RangeError);
      expect(child.error).toMatchObject({ message, code: 'E_PLAIN', remote: { pid: child.pid, processName: child.name } });
      expect(err.split(`RangeError: ${message}`)).toHaveLength(2);
      expect(err.startsWith(`Process ${child.name}:\n`)).toBe(true);
    }
  });

  it('is told when it never settles', async () => {
    const child = new Process({ target: plain.neverSettle, stdio: 'pipe' });
    await run(child);
    expect([child.exitCode, child.error?.name]).toEqual([13, 'ProcessError']);
  });

  it('may load manycore later, and is known by its name there', async () => {
    const child = new Process({ target: plain.useCore, name: 'Late', stdio: 'pipe' });
    const { out } = await run(child);
    expect(out).toBe('Late Late\n');
  });

  it('may be an anonymous default export', async () => {
    const child = new Process({ target: anonymous });
    await run(child);
    expect(child.exitCode).toBe(3);
  });

  it('may wait at its top level, and is run once', async () => {
    const child = new Process({ target: countRuns });
    await run(child);
    expect([child.error, child.exitCode]).toEqual([null, 1]);
  });

  it('that cannot be loaded is run once', async () => {
    const target = functionRef<Record<string, () => void>>(new URL('./fixtures/fails-aloud.cjs', import.meta.url), 'work') as () => void;
    const child = new Process({ target, stdio: 'pipe' });
    const { out } = await run(child);
    expect(out).toBe('running\n');
    expect(child.error).toMatchObject({ name: 'TargetError', cause: { name: 'RangeError', message: 'cannot be loaded', code: 'E_OWN' } });
  });

  it('that can be loaded here, but not in the child, is run once there', async () => {
    const child = new Process({ target: work, env: { FAIL_TO_LOAD: '1' }, stdio: 'pipe' });
    const { out } = await run(child);
    expect(out).toBe('running\n');
    expect(child.error).toMatchObject({
      name: 'TargetError',
      message: expect.stringContaining('cannot be loaded here'),
      cause: { name: 'RangeError' },
    });
  });

  // In a thread that is terminated in the middle of it, Node 20 aborts the whole process.
  it.each([['spawn', true], ['thread', false]] as const)('is loaded by require in a process, but not in a thread: %s', async (method, isRequired) => {
    const child = new (getContext(method).Process)({ target: sayWhetherRequired, stdio: 'pipe' });
    const { out } = await run(child);
    expect(out).toBe(`required: ${isRequired}\n`);
  });

  it('runs under hooks, too', async () => {
    using files = folder();
    const child = new Process({
      target: plain.tellArgs,
      args: [files.file('args'), 1],
      execArgv: ['--import', 'data:text/javascript,globalThis.preloaded=1'],
    });
    await run(child);
    expect([child.exitCode, files.read('args')]).toEqual([0, '[1]']);
  });
});
