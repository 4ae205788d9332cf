import { closeSync, openSync, writeFileSync } from 'node:fs';
import { Process, setStartMethod, type ProcessOptions } from '@manycore/process';
import { leakCheck } from '@manycore/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';
import { folder, textOf } from './helpers.js';

beforeAll(() => setStartMethod('spawn'));

describe('options', () => {
  it('env replaces the environment, also without PATH', async () => {
    using files = folder();
    const child = new Process({ target: tasks.tell, args: [files.file('seen')], env: { ONLY: 'this', NOT: undefined } }).start();
    await child.join();
    expect(child.exitCode).toBe(0);
    expect(JSON.parse(files.read('seen')).env).toEqual({ ONLY: 'this' });
  });

  it('execArgv replaces the options for Node', async () => {
    using files = folder();
    const child = new Process({ target: tasks.tell, args: [files.file('seen')], execArgv: ['--stack-size=900'] }).start();
    await child.join();
    expect(JSON.parse(files.read('seen')).execArgv).toEqual(['--stack-size=900']);
  });

  it('stdio goes where it is told', async () => {
    using files = folder();
    const fd = openSync(files.file('out'), 'w');
    const child = new Process({ target: tasks.say, args: ['into a file'], stdio: ['ignore', fd] }).start();
    await child.join();
    closeSync(fd);
    expect(files.read('out')).toBe('into a file\n');
    const piped = new Process({ target: tasks.say, args: ['into a pipe'], stdio: 'pipe' }).start();
    const [text] = await Promise.all([textOf(piped.stdout), piped.join()]);
    expect(text).toBe('into a pipe\n');
    expect([child.stdout, child.stdin, child.stderr]).toEqual([null, null, null]);
  });

  it('arguments are taken as they are when the process is started', async () => {
    const list = ['before'];
    const args: [string[]] = [list];
    const child = new Process({ target: tasks.say as (words: string[]) => void, args, stdio: 'pipe' });
    args[0] = ['replaced'];
    list[0] = 'changed';
    child.start();
    list[0] = 'too late';
    const [text] = await Promise.all([textOf(child.stdout), child.join()]);
    expect(text).toBe(`[ 'changed' ]\n`);
  });
});

describe('bad input is refused early', () => {
  const bad: [what: string, options: unknown, error: RegExp][] = [
    ['options', 'text', /options.*"text"/],
    ['no options', null, /options.*null/],
    ['target', { target: 5 }, /target.*5/],
    ['target by name', { target: 'work' }, /target/],
    ['args', { target: tasks.nothing, args: { 0: 1 } }, /args/],
    ['args without a target', { args: [1] }, /args.*target/],
    ['name', { name: 5 }, /name.*5/],
    ['daemon', { daemon: 'yes' }, /daemon/],
    ['startMethod', { startMethod: 'fork' }, /startMethod.*'spawn'.*"fork"/],
    ['env', { env: 'PATH=/bin' }, /env/],
    ['env value', { env: { A: 5 } }, /env\["A"\]/],
    ['env name', { env: { 'A=B': 'x' } }, /A=B/],
    ['env NUL', { env: { A: 'x\0y' } }, /NUL/],
    ['execArgv', { execArgv: '--x' }, /execArgv/],
    ['execArgv item', { execArgv: [5] }, /execArgv\[0\]/],
    ['stdio', { stdio: 'ipc' }, /stdio/],
    ['stdio item', { stdio: ['ignore', 'ipc'] }, /stdio\[1\]/],
    ['stdio length', { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }, /stdio/],
    ['authkey', { authkey: 'secret' }, /authkey/],
    ['empty authkey', { authkey: new Uint8Array() }, /authkey/],
    ['unknown option', { kwargs: {} }, /kwargs/],
  ];
  it.each(bad)('%s', (_, options, message) => {
    expect(() => new Process(options as ProcessOptions)).toThrow(TypeError);
    expect(() => new Process(options as ProcessOptions)).toThrow(message);
    if (String(message).includes('authkey')) expect(() => new Process(options as ProcessOptions)).not.toThrow(/secret/);
  });

  it('options of join', async () => {
    const child = new Process({ target: tasks.nothing }).start();
    for (const options of [{ timeout: NaN }, { timeout: '5' }, { signal: {} }, 5]) await expect(child.join(options as never), String(options)).rejects.toThrow(TypeError);
    await child.join();
  });

  it('a function that no other process could find', () => {
    const local = (): void => undefined;
    expect(() => new Process({ target: local })).toThrow(
      expect.objectContaining({ code: 'ERR_MANYCORE_TARGET', message: expect.stringContaining('start.test.ts') }),
    );
  });

  it('an argument that cannot be sent, with the path to it, and nothing is started', () => {
    const child = new Process({ target: tasks.nothing, args: [{ onClick: () => 1 }] as never });
    expect(() => child.start()).toThrow(
      expect.objectContaining({ code: 'ERR_MANYCORE_SERIALIZATION', message: expect.stringMatching(/^args\[0\]\.onClick /) }),
    );
    expect([child.pid, child.isAlive()]).toEqual([null, false]);
    const greeter = Object.assign(new tasks.Greeter('f', 'w'), { socket: () => 1 });
    expect(() => greeter.start()).toThrow(expect.objectContaining({ message: expect.stringMatching(/^this\.socket /) }));
  });
});

describe('a system that refuses', () => {
  it('makes start throw with the cause, and nothing is left', async () => {
    using files = folder();
    const { execPath } = process;
    const leaks = leakCheck();
    const notExecutable = files.file('plain');
    writeFileSync(notExecutable, '');
    try {
      for (const [path, code] of [
        [files.file('no-such-file'), 'ENOENT'],
        [notExecutable, 'EACCES'],
      ] as const) {
        process.execPath = path;
        const child = new Process({ target: tasks.nothing });
        expect(() => child.start()).toThrow(
          expect.objectContaining({ code: 'ERR_MANYCORE_PROCESS', cause: expect.objectContaining({ code }) }),
        );
        expect([child.pid, child.isAlive(), child.exitCode]).toEqual([null, false, null]);
        process.execPath = execPath;
        child.start();
        await child.join();
        expect(child.exitCode).toBe(0);
      }
    } finally {
      process.execPath = execPath;
    }
    await leaks.settle();
  });
});
