import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { functionRef } from '@manycore/core';
import { Process } from '@manycore/process';
import { spawnFixture, until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';
import { exists, fixture, folder, textOf } from './helpers.js';

/** Runs it to its end; what it printed on stderr. */
async function run(child: Process): Promise<string> {
  child.start();
  const [printed] = await Promise.all([textOf(child.stderr), child.join()]);
  return printed;
}

const occurrences = (text: string, part: string): number => text.split(part).length - 1;

describe('an error in a child', () => {
  it('arrives whole and is printed once', async () => {
    const child = new Process({ target: tasks.fail, args: ['it broke'], name: 'Breaker', stdio: 'pipe' });
    const printed = await run(child);
    expect(child.exitCode).toBe(1);
    const error = child.error as RangeError & { code: string; detail: unknown; remote: { pid: number; processName: string } };
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ name: 'CustomError', message: 'it broke', code: 'E_CUSTOM', detail: { tries: 3 } });
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(error.cause).toMatchObject({ message: 'the cause', code: 'E_CAUSE' });
    expect(error.remote).toMatchObject({ pid: child.pid, processName: 'Breaker' });
    expect(error.stack).toContain('tasks.mjs');
    expect(error.stack).toContain('failure.test.ts');
    expect(child.error).toBe(error);
    expect(printed).toMatch(/^Process Breaker:\n/);
    expect(occurrences(printed, 'it broke')).toBe(1);
    expect(occurrences(printed, 'the cause')).toBe(1);
    expect(printed).toContain('tasks.mjs');
  });

  it.each([
    ['thrown later', tasks.failLater, 'from a timer'],
    ['of a promise nobody handles', tasks.rejectUnhandled, 'nobody waits'],
  ])('%s does the same', async (_, target, message) => {
    const child = new Process({ target, stdio: 'pipe' });
    const printed = await run(child);
    expect([child.exitCode, occurrences(printed, message)]).toEqual([1, 1]);
    expect(child.error).toBeInstanceOf(RangeError);
    expect(child.error).toMatchObject({ message });
  });

  it('loses only what cannot be sent', async () => {
    const child = new Process({ target: tasks.failUnsendably, stdio: 'ignore' });
    await run(child);
    expect(child.error).toMatchObject({ message: 'has a function', fine: 2, callback: expect.stringContaining('not sent') });
  });

  it('that is no Error arrives as itself', async () => {
    const text = new Process({ target: tasks.throwValue, args: ['just text'], stdio: 'ignore' });
    const nothing = new Process({ target: tasks.throwValue, args: [undefined], stdio: 'ignore' });
    await Promise.all([run(text), run(nothing)]);
    expect([text.exitCode, text.error]).toEqual([1, 'just text']);
    expect(nothing.error).toMatchObject({ name: 'ProcessError', message: expect.stringContaining('undefined') });
  });

  it('is left to the handlers of the program', async () => {
    const child = new Process({ target: tasks.handleUncaught, stdio: 'pipe' });
    const printed = await run(child);
    expect([child.exitCode, child.error, printed]).toEqual([7, null, '']);
  });
});

describe('a child that cannot run its target says why', () => {
  const ref = (file: string, name = 'work'): (() => void) =>
    functionRef<Record<string, () => void>>(new URL(file, new URL('./fixtures/', import.meta.url)), name) as () => void;

  it.each([
    ['missing module', ref('no-such-module.mjs'), 'TargetError', 'no-such-module.mjs'],
    ['missing export', ref('tasks.mjs', 'noSuchExport'), 'TargetError', 'noSuchExport'],
    ['module that throws', ref('fails-to-load.mjs'), 'TargetError', 'this module always throws'],
    ['module that starts processes', ref('starts-on-load.mjs'), 'BootstrappingError', 'isMainProcess'],
  ])('%s', async (_, target, name, message) => {
    const child = new Process({ target, stdio: 'pipe' });
    const printed = await run(child);
    expect(child.exitCode).toBe(1);
    expect(child.error).toMatchObject({ name, message: expect.stringContaining(message) });
    expect(occurrences(printed, `Process ${child.name}:`)).toBe(1);
  });

  it('syntax error', async () => {
    using files = folder();
    writeFileSync(files.file('broken.mjs'), 'export function work( {');
    const child = new Process({ target: ref(pathToFileURL(files.file('broken.mjs')).href), stdio: 'pipe' });
    const printed = await run(child);
    expect([child.exitCode, occurrences(printed, `Process ${child.name}:`)]).toEqual([1, 1]);
    expect(child.error).toMatchObject({ name: 'TargetError', message: expect.stringContaining('SyntaxError') });
  });

  it('module whose top level never settles', async () => {
    const child = new Process({ target: ref('pending-on-load.mjs'), stdio: 'pipe' });
    await run(child);
    expect(child.exitCode).toBe(13);
    expect(child.error).toMatchObject({ name: 'ProcessError', message: expect.stringContaining('top level') });
  });

  it('module that exits', async () => {
    const child = new Process({ target: ref('exits-on-load.mjs'), stdio: 'pipe' });
    await run(child);
    expect(child.exitCode).toBe(0);
    expect(child.error).toMatchObject({
      code: 'ERR_MANYCORE_PROCESS',
      pid: child.pid,
      exitCode: 0,
      message: expect.stringContaining('process.exit()'),
    });
  });

  it('an option that Node does not know', async () => {
    const child = new Process({ target: tasks.nothing, execArgv: ['--no-such-option'], stdio: 'pipe' });
    const printed = await run(child);
    expect(child.exitCode).toBe(9);
    expect(printed).toContain('no-such-option');
    expect(child.error).toMatchObject({ code: 'ERR_MANYCORE_PROCESS', message: expect.stringContaining('execArgv') });
  });

  it('a preloaded module that throws', async () => {
    const child = new Process({ target: tasks.nothing, execArgv: ['--import', fixture('fails-to-load.mjs')], stdio: 'pipe' });
    const printed = await run(child);
    expect(child.exitCode).toBe(1);
    expect(printed).toContain('this module always throws');
    expect(child.error).toMatchObject({ code: 'ERR_MANYCORE_PROCESS', message: expect.stringContaining('preloaded') });
  });

  it('an addon of another version than its parent has, as after an installation', async () => {
    const child = new Process({ target: tasks.nothing, execArgv: ['--require', fixture('stale-addon.cjs')], stdio: 'pipe' });
    const printed = await run(child);
    expect(child.exitCode).toBe(1);
    expect(printed).toMatch(/manycore\.node belongs to another version of @manycore\/core: its interface has number 1, expected \d+\. .*install @manycore\/core, again/);
  });
});

it('a main program that fails says why before it waits for its children, who may never end', async () => {
  await using program = spawnFixture(new URL('./fixtures/main-fails-while-a-child-waits.mjs', import.meta.url));
  const pid = Number(await program.line(/^\d+$/));
  await until(() => program.stderr.includes('the reason'), { what: 'the error' });
  expect(program.stderr).toContain(`MainProcess (pid ${program.pid}) failed, and ends when its child processes have ended: waiter (pid ${pid}).`);
  expect(exists(program.pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
  expect((await program.done).exitCode).toBe(1);
});
