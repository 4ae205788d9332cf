/** What a process does and how it ends, over the three start methods. Beside the package and not in @manycore/testing, because its programs are processes that start processes. */
import { openSync, readFileSync } from 'node:fs';
import { sharedBuffer } from '@manycore/core';
import { native, READABLE } from '@manycore/core/internal';
import { activeChildren, getAllStartMethods, getContext, setForkserverPreload, setStartMethod } from '@manycore/process';
import { leakCheck, SHORT, spawnFixture, until } from '@manycore/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';
import { exists, fixture, folder, gone, numbersIn, textOf } from './helpers.js';

describe.each(getAllStartMethods())('start method %s', (method) => {
  const { Process, getStartMethod } = getContext(method);
  const isThread = method === 'thread';

  beforeAll(async () => {
    for (let i = 0; i < 3; i++) await new Process({ target: tasks.nothing }).start().join();
  });
  afterEach(async () => {
    for (const child of activeChildren()) {
      child.kill();
      await child.join();
    }
  });

  describe('from start to end', () => {
    it('runs its target apart from its parent, knows who it is, and exits with 0', async () => {
      using files = folder();
      const child = new Process({ target: tasks.tell, args: [files.file('seen')] });
      expect([child.pid, child.exitCode, child.isAlive(), child.signalCode, child.error]).toEqual([null, null, false, null, null]);
      expect(child.start()).toBe(child);
      expect(child.pid === process.pid).toBe(isThread);
      expect([child.isAlive(), child.exitCode]).toEqual([true, null]);
      expect(activeChildren()).toEqual([child]);
      await child.join();
      expect([child.isAlive(), child.exitCode, child.signalCode, child.error]).toEqual([false, 0, null, null]);
      expect(activeChildren()).toEqual([]);
      const seen = JSON.parse(files.read('seen'));
      expect(seen).toMatchObject({ isMainProcess: false, name: child.name, pid: child.pid, daemon: false, isAlive: true, exitCode: null });
      expect(seen.parent).toEqual({ pid: process.pid, name: 'MainProcess', isAlive: true, hasSentinel: true });
      expect(seen.authkey).toBe(child.authkey.toString('hex'));
      expect(seen.argv).toEqual(process.argv);
      expect(seen.stdinIsClosed).toBe(true);
    });

    it('has a name of its context and its place in the tree', () => {
      expect(new Process({ target: tasks.nothing }).name).toMatch(/^Process-\d+$/);
      expect(getStartMethod()).toBe(method);
    });

    it('starts its own children as it was started', async () => {
      using files = folder();
      await new Process({ target: tasks.tellMethod, args: [files.file('method')] }).start().join();
      expect(files.read('method')).toBe(method);
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
      const child = new Process({ target: tasks.nothing, args: [new Uint8Array(6_000_000)] as never }).start();
      await child.join();
      expect(child.exitCode).toBe(0);
    });

    it('ends when its event loop is empty, not when the target has returned', async () => {
      using files = folder();
      await new Process({ target: tasks.leaveTimer, args: [files.file('late')] }).start().join();
      expect(files.read('late')).toBe('late');
    });

    it('has the exit code it asked for, of which the system keeps eight bits', async () => {
      const asked = [
        [tasks.exit, 42],
        [tasks.exitLater, 43],
        [tasks.exit, 259],
      ] as const;
      const children = asked.map(([target, code]) => new Process({ target, args: [code] }).start());
      for (const child of children) await child.join();
      expect(children.map(({ exitCode, error }) => [exitCode, error])).toEqual([42, 43, 3].map((code) => [code, null]));
    });

    it('rebuilds a subclass with its fields, as the current process', async () => {
      using files = folder();
      setStartMethod(method, { force: true });
      try {
        const child = new tasks.Greeter(files.file('greeting'), 'world');
        child.start();
        await child.join();
        expect(child.error).toBeNull();
        expect(files.read('greeting')).toBe('hello world Greeter true true false true true');
      } finally {
        setStartMethod(null, { force: true });
      }
    });

    it('has the environment it is given, and else a copy of its parent', async () => {
      using files = folder();
      process.env['MANYCORE_TEST_VARIABLE'] = 'mine';
      try {
        const children = [
          new Process({ target: tasks.tellVariable, args: [files.file('own'), 'MANYCORE_TEST_VARIABLE'] }),
          new Process({ target: tasks.tellVariable, args: [files.file('given'), 'MANYCORE_TEST_VARIABLE'], env: { ...process.env, MANYCORE_TEST_VARIABLE: 'yours' } }),
        ];
        for (const child of children) await child.start().join();
        expect([files.read('own'), files.read('given')]).toEqual(['mine', 'yours']);
      } finally {
        delete process.env['MANYCORE_TEST_VARIABLE'];
      }
    });
  });

  describe('failures', () => {
    it('arrive whole, exit with 1, and are printed under its name', async () => {
      const child = new Process({ target: tasks.fail, args: ['it failed'], stdio: 'pipe' }).start();
      const [printed] = await Promise.all([textOf(child.stderr), child.join()]);
      expect(child.exitCode).toBe(1);
      expect(child.error).toBeInstanceOf(RangeError);
      expect(child.error).toMatchObject({ name: 'CustomError', message: 'it failed', code: 'E_CUSTOM', detail: { tries: 3 } });
      expect(child.error!.cause).toMatchObject({ name: 'TypeError', code: 'E_CAUSE' });
      expect(child.error!.stack).toContain('process.conformance.test.ts');
      expect(printed.startsWith(`Process ${child.name}:\n`)).toBe(true);
      expect((child.error as unknown as { remote: unknown }).remote).toMatchObject({ pid: child.pid, processName: child.name });
    });

    it.each(['failLater', 'rejectUnhandled'] as const)('of %s too, which nobody awaits', async (name) => {
      const child = new Process({ target: tasks[name], stdio: 'ignore' }).start();
      await child.join();
      expect([child.exitCode, child.error?.name]).toEqual([1, 'RangeError']);
    });

    it('are left to handlers of the program', async () => {
      const child = new Process({ target: tasks.handleUncaught }).start();
      await child.join();
      expect([child.exitCode, child.error]).toEqual([7, null]);
    });

    it('include a target that can never settle', async () => {
      const child = new Process({ target: tasks.neverSettle, stdio: 'pipe' }).start();
      const [printed] = await Promise.all([textOf(child.stderr), child.join()]);
      expect(child.exitCode).toBe(13);
      expect(child.error).toMatchObject({ name: 'ProcessError', message: expect.stringContaining('still pending') });
      expect(printed.match(/still pending/g)).toHaveLength(1);
    });

    it('of a blocked parent are there after joinSync', () => {
      const child = new Process({ target: tasks.failPlain, args: ['early'], stdio: 'ignore' }).start();
      child.joinSync();
      expect([child.exitCode, child.error?.message]).toEqual([1, 'early']);
    });
  });

  describe('being ended', () => {
    it.each([
      ['terminate', 'SIGTERM', -15],
      ['kill', 'SIGKILL', -9],
    ] as const)('%s ends it, whatever it does, with its exit code', async (call, signalCode, exitCode) => {
      for (const target of [tasks.countAndSleep, tasks.spin, tasks.block]) {
        const words = new Int32Array(sharedBuffer(4).buffer, 0, 1);
        const child = new Process({ target: target as never, args: [words] as never }).start();
        if (target === tasks.countAndSleep) await until(() => Atomics.load(words, 0) === 1, { what: 'it runs' });
        child[call]();
        await child.join();
        expect([child.signalCode, child.exitCode, child.error]).toEqual([signalCode, exitCode, null]);
        child[call]();
      }
    });

    it('before it has begun, its parent blocked, is the same', () => {
      using files = folder();
      const child = new Process({ target: tasks.write, args: [files.file('no'), 'no'] }).start();
      child.terminate();
      child.joinSync();
      expect([child.exitCode, child.signalCode]).toEqual([-15, 'SIGTERM']);
    });

    it('interrupt sends SIGINT; a thread takes no signals', async () => {
      const child = new Process({ target: tasks.sleep }).start();
      if (isThread) {
        expect(() => child.interrupt()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
        child.kill();
      } else child.interrupt();
      await child.join();
      expect([child.signalCode, child.exitCode, child.error]).toEqual(isThread ? ['SIGKILL', -9, null] : ['SIGINT', -2, null]);
      if (!isThread) child.interrupt();
    });

    it('takes its tree with it on demand, also processes that know nothing of manycore', async () => {
      for (const call of ['terminate', 'kill'] as const) {
        const child = new Process({ target: tasks.startForeign, stdio: 'pipe' }).start();
        let text = '';
        child.stdout!.on('data', (chunk) => (text += String(chunk)));
        await until(() => text.includes('\n'), { what: 'the foreign process runs' });
        const foreign = Number(text.split(' ')[1]);
        expect(exists(foreign)).toBe(true);
        child[call]({ tree: true });
        await child.join();
        await gone(foreign);
      }
    });

    it('ends its own children with it', async () => {
      const child = new Process({ target: tasks.nest, args: [0, 'spin'], stdio: 'pipe' }).start();
      let text = '';
      child.stdout!.on('data', (chunk) => (text += String(chunk)));
      await until(() => text.includes('\n'), { what: 'the grandchild runs' });
      const grandchild = Number(text.trim().split(' ').at(-1));
      child.kill();
      await child.join();
      if (!isThread) await gone(grandchild);
    });

    it('`await using` and `using` end and close it', async () => {
      {
        await using child = new Process({ target: tasks.sleep }).start();
        expect(child.isAlive()).toBe(true);
      }
      {
        using child = new Process({ target: tasks.spin }).start();
        expect(child.isAlive()).toBe(true);
      }
      expect(activeChildren()).toEqual([]);
    });
  });

  describe('waiting for it', () => {
    it('join returns on time with it still running, in both forms', async () => {
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
      child.joinSync({ timeout: 0 });
    });

    it('a second and a third start, each joined blocking, are the same as the first', () => {
      const codes = [1, 2, 3].map((code) => {
        const child = new Process({ target: tasks.exit, args: [code] }).start();
        child.joinSync();
        return child.exitCode;
      });
      expect(codes).toEqual([1, 2, 3]);
    });

    it('isAlive says the truth while the event loop is blocked', () => {
      const child = new Process({ target: tasks.exit, args: [5] }).start();
      while (child.isAlive());
      expect(child.exitCode).toBe(5);
    });

    it('its sentinel polls readable from its end on, while JavaScript is blocked, and until it is closed', async () => {
      const child = new Process({ target: tasks.nothing }).start();
      const { sentinel } = child;
      const slow = new Process({ target: tasks.sleep }).start();
      expect(native().pollFd(slow.sentinel, READABLE, 0)).toBe(0);
      while (native().pollFd(sentinel, READABLE, 50) === 0);
      expect(child.isAlive()).toBe(false);
      await child.join();
      expect(child.sentinel).toBe(sentinel);
      expect(native().pollFd(sentinel, READABLE, 0)).not.toBe(0);
      slow.kill();
      while (native().pollFd(slow.sentinel, READABLE, 50) === 0);
      const late = new Process({ target: tasks.nothing }).start();
      await late.join();
      expect(native().pollFd(late.sentinel, READABLE, 0)).not.toBe(0);
      for (const each of [child, slow, late]) {
        await each.join();
        each.close();
      }
    });
  });

  describe('children of children', () => {
    it('are named after the way from the main process', async () => {
      const child = new Process({ target: tasks.nest, args: [1, 'nothing'], stdio: 'pipe' }).start();
      const [text] = await Promise.all([textOf(child.stdout), child.join()]);
      expect(child.exitCode).toBe(0);
      expect(text).toContain(`${child.name} ${child.pid} started ${child.name}:1 `);
      expect(text).toMatch(new RegExp(`^${child.name}:1 \\d+ started ${child.name}:1:1 \\d+$`, 'm'));
    });

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
      expect(child.error).toMatchObject({ name: 'ProcessError', message: expect.stringContaining('not allowed to have children') });
    });
  });

  describe('standard streams', () => {
    it('are pipes on demand', async () => {
      const child = new Process({ target: tasks.echo, stdio: 'pipe' }).start();
      child.stdin!.end('hello');
      const [text] = await Promise.all([textOf(child.stdout), child.join()]);
      expect([text, child.exitCode]).toEqual(['HELLO', 0]);
    });

    it('take more than a pipe holds', async () => {
      const child = new Process({ target: tasks.say, args: ['x'.repeat(1_000_000)], stdio: 'pipe' }).start();
      const [text] = await Promise.all([textOf(child.stdout), child.join()]);
      expect(text.length).toBe(1_000_001);
    });

    it('may be a descriptor, which the program can close at once', async () => {
      using files = folder();
      const fd = openSync(files.file('out'), 'w');
      const child = new Process({ target: tasks.say, args: ['into the file'], stdio: ['ignore', fd, 'ignore'] }).start();
      native().close(fd);
      await child.join();
      expect(readFileSync(files.file('out'), 'utf8')).toBe('into the file\n');
    });
  });

  it('leaves nothing behind, however it ends', async () => {
    const round = async (): Promise<void> => {
      const children = [tasks.nothing, tasks.sleep, tasks.spin, tasks.exit].map((target) => new Process({ target: target as never, stdio: 'pipe' }).start());
      for (const child of children.slice(1, 3)) child.kill();
      for (const child of children) {
        await child.join();
        child.stdin!.destroy();
        child.stdout!.destroy();
        child.stderr!.destroy();
        child.close();
      }
    };
    await round();
    setForkserverPreload([]);
    const leaks = leakCheck();
    for (let i = 0; i < 2; i++) await round();
    setForkserverPreload([]);
    await leaks.settle();
  });

  describe('the parent', () => {
    const parent = (...args: string[]): ReturnType<typeof spawnFixture> =>
      spawnFixture(fixture('parent.mjs'), { args, env: { ...process.env, MANYCORE_TEST_METHOD: method } });

    it('waits for its non-daemonic child at process.exit()', async () => {
      using files = folder();
      await using program = parent('exitWithChild', files.file('done'));
      expect((await program.done).exitCode).toBe(3);
      expect(files.read('done')).toBe('done');
    });

    it('terminates its daemonic children at its end, also those that ignore it', async () => {
      await using program = parent('exitWithDaemons');
      const daemons = numbersIn(await program.line(/^daemons/));
      expect(daemons.every(exists)).toBe(true);
      expect((await program.done).exitCode).toBe(0);
      expect(daemons.some(exists)).toBe(false);
    });

    it('is not kept alive by a daemonic child, but by a pending join of one', async () => {
      await using alone = parent('daemonOnly');
      const [daemon] = numbersIn(await alone.line(/^daemon/)) as [number];
      expect((await alone.succeeded()).exitCode).toBe(0);
      expect(exists(daemon)).toBe(false);
      await using joining = parent('joinDaemon');
      expect((await joining.succeeded()).lines).toContain('joined 0');
    });

    it('is kept alive by a non-daemonic child that nobody joins', async () => {
      using files = folder();
      await using program = parent('notJoined', files.file('done'));
      await program.succeeded();
      expect(files.read('done')).toBe('done');
    });

    it('loses nothing that a child printed while it was blocked and then exited', async () => {
      await using program = parent('sayAndExit');
      const { exitCode, stdout } = await program.done;
      expect([exitCode, stdout.trim().length]).toEqual([0, 'said '.length + 20_000]);
    });

    it.skipIf(isThread)('takes the tree with it when it is killed, also a standby', async () => {
      await using program = parent('twice', 'spin');
      const [child] = numbersIn(await program.line(/^child/)) as [number];
      program.kill('SIGKILL');
      await gone(child);
      await program.done;
    });
  });
});
