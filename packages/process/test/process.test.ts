import { existsSync } from 'node:fs';
import { inspect } from 'node:util';
import { sharedBuffer } from '@manycore/core';
import { activeChildren, currentProcess, isMainProcess, parentProcess, Process, setStartMethod } from '@manycore/process';
import { leakCheck, SHORT, until } from '@manycore/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';
import { exists, folder, gone, textOf } from './helpers.js';

const nameNumber = (process: Process): number => Number(/^Process-(\d+)$/.exec(process.name)![1]);

beforeAll(async () => {
  // Over all methods: process.conformance.test.ts.
  setStartMethod('spawn');
  await new Process({ target: tasks.nothing }).start().join();
});
afterEach(async () => {
  for (const child of activeChildren()) {
    child.kill();
    await child.join();
  }
});

describe('a process from start to end', () => {
  it('runs its target in a process of its own and exits with 0', async () => {
    using files = folder();
    const child = new Process({ target: tasks.tell, args: [files.file('seen')] });
    expect([child.pid, child.exitCode, child.isAlive(), child.signalCode, child.error]).toEqual([null, null, false, null, null]);
    expect(child.start()).toBe(child);
    expect(child.pid).toBeGreaterThan(0);
    expect([child.isAlive(), child.exitCode]).toEqual([true, null]);
    await child.join();
    expect([child.isAlive(), child.exitCode, child.signalCode, child.error]).toEqual([false, 0, null, null]);
    const seen = JSON.parse(files.read('seen'));
    expect(seen).toMatchObject({ isMainProcess: false, name: child.name, pid: child.pid, daemon: false, isAlive: true, exitCode: null });
    expect(seen.parent).toEqual({ pid: process.pid, name: 'MainProcess', isAlive: true, hasSentinel: true });
    expect(seen.authkey).toBe(child.authkey.toString('hex'));
    expect(seen.argv).toEqual(process.argv);
    expect(seen.stdinIsClosed).toBe(true);
  });

  it('passes its key in no argument and no variable, and never shows it', async () => {
    using files = folder();
    const authkey = Buffer.from('very-secret-key');
    const child = new Process({ target: tasks.tell, args: [files.file('seen')], authkey }).start();
    await child.join();
    const { authkey: arrived, ...rest } = JSON.parse(files.read('seen'));
    expect(Buffer.from(arrived, 'hex').toString()).toBe('very-secret-key');
    for (const form of ['utf8', 'hex', 'base64'] as const) {
      expect(JSON.stringify(rest)).not.toContain(authkey.toString(form));
      expect(inspect(child, { showHidden: true, depth: 9 })).not.toContain(authkey.toString(form));
    }
  });

  it('hands over what structured clone can, and shared memory as the same memory', async () => {
    using files = folder();
    const shared = sharedBuffer(8);
    shared[0] = 41;
    const args = [files.file('args'), new Date(5), new Map([['a', 1]]), 12345678901234567890n, new Uint8Array([1, 2, 3]), shared];
    await new Process({ target: tasks.writeArgs, args: args as never }).start().join();
    expect(JSON.parse(files.read('args'))).toEqual([5, [['a', 1]], '12345678901234567890', [1, 2, 3], 42, 5]);
    expect(shared[0]).toBe(42);
  });

  it('takes arguments of many megabytes', async () => {
    const child = new Process({ target: tasks.nothing, args: [new Uint8Array(20_000_000)] as never }).start();
    await child.join();
    expect(child.exitCode).toBe(0);
  });

  it('ends when its event loop is empty, not when the target has returned', async () => {
    using files = folder();
    const child = new Process({ target: tasks.leaveTimer, args: [files.file('late')] }).start();
    await child.join();
    expect(files.read('late')).toBe('late');
  });

  it('has the exit code it asked for', async () => {
    const children = [tasks.exit, tasks.exitLater].map((target) => new Process({ target, args: [42] }).start());
    for (const child of children) await child.join();
    expect(children.map(({ exitCode, error }) => [exitCode, error])).toEqual([
      [42, null],
      [42, null],
    ]);
  });

  it('fails when its target can never settle', async () => {
    const child = new Process({ target: tasks.neverSettle, stdio: 'pipe' }).start();
    const [printed] = await Promise.all([textOf(child.stderr), child.join()]);
    expect(child.exitCode).toBe(13);
    expect(child.error).toMatchObject({ name: 'ProcessError', message: expect.stringContaining('still pending') });
    expect(printed.match(/still pending/g)).toHaveLength(1);
  });

  it('needs neither target nor arguments', async () => {
    const child = new Process().start();
    await child.join();
    expect(child.exitCode).toBe(0);
  });
});

describe('join', () => {
  it('returns on time with the process still running, and resolves in both forms once it has ended', async () => {
    const child = new Process({ target: tasks.sleep }).start();
    const before = performance.now();
    await child.join({ timeout: SHORT });
    child.joinSync({ timeout: SHORT });
    expect(performance.now() - before).toBeGreaterThanOrEqual(2 * SHORT - 1);
    await child.join({ timeout: 0 });
    child.joinSync({ timeout: -1 });
    expect(child.isAlive()).toBe(true);
    child.terminate();
    child.joinSync();
    expect(child.exitCode).toBe(-15);
    await child.join();
    await child.join({ timeout: 0 });
    child.joinSync();
  });

  it('rejects with the reason of its signal and leaves the process alone', async () => {
    const child = new Process({ target: tasks.sleep }).start();
    const controller = new AbortController();
    const reason = new Error('enough');
    const joining = child.join({ signal: controller.signal });
    controller.abort(reason);
    await expect(joining).rejects.toBe(reason);
    await expect(child.join({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(child.isAlive()).toBe(true);
  });

  it('resolves all who wait', async () => {
    const child = new Process({ target: tasks.sleep, args: [SHORT] }).start();
    await Promise.all([child.join(), child.join({ timeout: 60_000 }), child.join()]);
    expect(child.exitCode).toBe(0);
  });

  it('says the truth while the event loop is blocked', () => {
    const child = new Process({ target: tasks.exit, args: [5] }).start();
    while (child.isAlive());
    expect(child.exitCode).toBe(5);
  });
});

describe('signals', () => {
  it.each([
    ['terminate', 'SIGTERM', -15],
    ['kill', 'SIGKILL', -9],
    ['interrupt', 'SIGINT', -2],
  ] as const)('%s ends it by %s', async (method, signalCode, exitCode) => {
    const child = new Process({ target: tasks.sleep }).start();
    child[method]();
    await child.join();
    expect([child.signalCode, child.exitCode, child.error]).toEqual([signalCode, exitCode, null]);
    child[method]();
  });

  it('reach the whole tree on demand, also processes that know nothing of manycore', async () => {
    for (const method of ['terminate', 'kill'] as const) {
      const child = new Process({ target: tasks.startForeign, stdio: 'pipe' }).start();
      let text = '';
      child.stdout!.on('data', (chunk) => (text += String(chunk)));
      await until(() => text.includes('\n'), { what: 'the foreign process runs' });
      const foreign = Number(text.split(' ')[1]);
      expect(exists(foreign)).toBe(true);
      child[method]({ tree: true });
      await child.join();
      await gone(foreign);
    }
  });

  it('end the children of the process with it', async () => {
    const child = new Process({ target: tasks.nest, args: [0, 'spin'], stdio: 'pipe' }).start();
    let text = '';
    child.stdout!.on('data', (chunk) => (text += String(chunk)));
    await until(() => text.includes('\n'), { what: 'the grandchild runs' });
    const grandchild = Number(text.trim().split(' ').at(-1));
    child.kill();
    await child.join();
    await gone(grandchild);
  });
});

describe('state', () => {
  it('refuses what does not fit it, with a typed error', async () => {
    const child = new Process({ target: tasks.sleep });
    await expect(child.join()).rejects.toMatchObject({ code: 'ERR_MANYCORE_INVALID_STATE', message: expect.stringContaining('start()') });
    for (const call of [
      () => child.joinSync(),
      () => child.sentinel,
      () => child.terminate(),
      () => child.kill(),
      () => child.interrupt(),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
    }
    child.daemon = true;
    child.start();
    expect(() => child.start()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_PROCESS' }));
    expect(() => (child.daemon = false)).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
    expect(() => child.close()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
    child.kill();
    await child.join();
    expect(() => child.start()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_PROCESS' }));
    child.close();
    child.close();
    expect([child.name.startsWith('Process-'), child.daemon]).toEqual([true, true]);
    const closed = { code: 'ERR_MANYCORE_CLOSED' };
    await expect(child.join()).rejects.toMatchObject(closed);
    const uses = [
      () => child.start(),
      () => child.joinSync(),
      () => child.pid,
      () => child.exitCode,
      () => child.signalCode,
      () => child.error,
      () => child.isAlive(),
      () => child.sentinel,
      () => child.authkey,
      () => child.terminate(),
      () => child.stdout,
      () => (child.daemon = false),
      () => child.run(),
    ];
    for (const use of uses) expect(use).toThrow(expect.objectContaining(closed));
  });

  it('is shown as in Python', async () => {
    const child = new Process({ target: tasks.sleep, name: 'Sleeper', daemon: true });
    expect(inspect(child)).toBe(`<Process name='Sleeper' parent=${process.pid} initial daemon>`);
    child.start();
    const { pid } = child;
    expect(inspect(child)).toBe(`<Process name='Sleeper' pid=${pid} parent=${process.pid} started daemon>`);
    child.terminate();
    await child.join();
    expect(inspect(child)).toBe(`<Process name='Sleeper' pid=${pid} parent=${process.pid} stopped exitcode=-SIGTERM daemon>`);
    child.close();
    expect(inspect(child)).toContain('closed');
  });

  it('has a sentinel that is there from the start to the closing', async () => {
    const child = new Process({ target: tasks.nothing }).start();
    const { sentinel } = child;
    expect(sentinel).toBeGreaterThan(2);
    expect(child.sentinel).toBe(sentinel);
    await child.join();
    expect(child.sentinel).toBe(sentinel);
    const late = new Process({ target: tasks.nothing }).start();
    await late.join();
    await new Promise((resolve) => setImmediate(resolve));
    expect(late.sentinel).toBeGreaterThan(2);
    child.close();
    late.close();
  });

  it('is ended and closed by `await using` and `using`', async () => {
    let kept: Process;
    {
      await using child = new Process({ target: tasks.sleep }).start();
      kept = child;
    }
    expect(inspect(kept)).toContain('closed');
    {
      using child = new Process({ target: tasks.sleep }).start();
      kept = child;
    }
    expect(inspect(kept)).toContain('closed');
    using never = new Process({ target: tasks.sleep });
    expect(never.isAlive()).toBe(false);
  });
});

describe('names', () => {
  it('count the processes made, whether started or not', () => {
    const first = new Process({ target: tasks.nothing, name: '' });
    const named = new Process({ target: tasks.nothing, name: 'own name' });
    const third = new Process({ target: tasks.nothing });
    expect(nameNumber(third)).toBe(nameNumber(first) + 2);
    expect(named.name).toBe('own name');
    named.name = 'another';
    expect(named.name).toBe('another');
    expect(() => (named.name = 5 as never)).toThrow(TypeError);
  });

  it('of nested processes show the way from the main process', async () => {
    const child = new Process({ target: tasks.nest, args: [1, 'nothing'], stdio: 'pipe' }).start();
    const [text] = await Promise.all([textOf(child.stdout), child.join()]);
    const number = nameNumber(child);
    expect(child.exitCode).toBe(0);
    expect(text).toContain(`Process-${number} ${child.pid} started Process-${number}:1 `);
    expect(text).toMatch(new RegExp(`^Process-${number}:1 \\d+ started Process-${number}:1:1 \\d+$`, 'm'));
  });
});

describe('children of children', () => {
  it('are joined before their parent ends, when they are not daemonic', async () => {
    using files = folder();
    const child = new Process({ target: tasks.startAndReturn, args: [files.file('done'), 200] }).start();
    await child.join();
    expect([child.exitCode, files.read('done')]).toEqual([0, 'done']);
  });

  it('are not allowed to a daemonic process', async () => {
    const child = new Process({ target: tasks.startChild, args: [false], daemon: true, stdio: 'ignore' }).start();
    await child.join();
    expect(child.exitCode).toBe(1);
    expect(child.error).toMatchObject({
      name: 'ProcessError',
      message: expect.stringContaining('daemonic processes are not allowed to have children'),
    });
  });

  it('may be started by a worker thread', async () => {
    using files = folder();
    const child = new Process({ target: tasks.fromWorker, args: [files.file('text')] }).start();
    await child.join();
    expect([child.exitCode, files.read('text')]).toEqual([0, 'from a worker']);
  });
});

describe('a subclass', () => {
  it('is rebuilt in the child with its fields, and is the current process there', async () => {
    using files = folder();
    const child = new tasks.Greeter(files.file('greeting'), 'you');
    expect(child.name).toBe('Greeter');
    child.start();
    await child.join();
    expect(child.error).toBe(null);
    expect(files.read('greeting')).toBe('hello you Greeter true true false true true');
  });

  it('may call the target from its own run, and has its own default name', async () => {
    const child = new tasks.Wrapper({ target: tasks.say, args: ['during'], stdio: 'pipe' });
    expect(child.name).toMatch(/^Wrapper-\d+$/);
    child.start();
    const [text] = await Promise.all([textOf(child.stdout), child.join()]);
    expect(text).toBe('before\nduring\nafter\n');
  });

  it('must be exported', () => {
    expect(() => tasks.makeHidden()).toThrow(
      expect.objectContaining({ code: 'ERR_MANYCORE_TARGET', message: expect.stringContaining('Hidden') }),
    );
  });

  it('runs in place when run is called directly', () => {
    expect(new Process({ target: tasks.add, args: [1, 2] }).run()).toBe(3);
  });
});

describe('who is around', () => {
  it('the main program has no parent, and is alive', () => {
    expect(isMainProcess).toBe(true);
    expect(parentProcess()).toBe(null);
    const self = currentProcess();
    expect(self).toBe(currentProcess());
    expect(self).toBeInstanceOf(Process);
    expect([self.name, self.pid, self.daemon, self.exitCode, self.isAlive(), self.authkey.length]).toEqual([
      'MainProcess',
      process.pid,
      false,
      null,
      true,
      32,
    ]);
    expect(() => self.start()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_PROCESS' }));
    expect(() => self.joinSync()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
  });

  it('active children are those that run', async () => {
    const running = new Process({ target: tasks.sleep }).start();
    const ended = new Process({ target: tasks.nothing }).start();
    expect(activeChildren()).toEqual([running, ended]);
    ended.joinSync();
    expect(activeChildren()).toEqual([running]);
    running.kill();
    await running.join();
    expect(activeChildren()).toEqual([]);
  });
});

it('many starts, five at a time, leave nothing behind', async () => {
  const together = async (count: number): Promise<void> => {
    const children = Array.from({ length: count }, (_, k) =>
      new Process({ target: k === 0 ? tasks.failPlain : tasks.nothing, args: ['x'] as never, stdio: 'ignore' }).start(),
    );
    for (const child of children) await child.join();
    expect(children.map(({ exitCode, error }) => [exitCode, error?.message])).toEqual(
      children.map((_, k) => (k === 0 ? [1, 'x'] : [0, undefined])),
    );
  };
  // What this process has mapped to see what dead processes held stays mapped: so let as many die at a time as will.
  using files = folder();
  const held = Array.from({ length: 6 }, (_, k) => new Process({ target: tasks.writeAndSleep, args: [files.file(`${k}`)] }).start());
  await until(() => held.every((_, k) => existsSync(files.file(`${k}`))), { what: 'all are up' });
  for (const child of held) child.kill();
  for (const child of held) await child.join();
  await together(6);
  const leaks = leakCheck();
  for (let i = 0; i < 4; i++) await together(5);
  await leaks.settle();
});
