import { existsSync } from 'node:fs';
import { inspect } from 'node:util';
import { activeChildren, currentProcess, isMainProcess, parentProcess, Process, setStartMethod } from '@manycore/process';
import { leakCheck, SHORT, until } from '@manycore/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';
import { folder, textOf } from './helpers.js';

const nameNumber = (process: Process): number => Number(/^Process-(\d+)$/.exec(process.name)![1]);

// What holds over all start methods alike: process.conformance.test.ts.
beforeAll(async () => {
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

  it('needs neither target nor arguments', async () => {
    const child = new Process().start();
    await child.join();
    expect(child.exitCode).toBe(0);
  });
});

describe('join', () => {
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
});

describe('children of children', () => {
  it('may be started by a worker thread', async () => {
    using files = folder();
    const child = new Process({ target: tasks.fromWorker, args: [files.file('text')] }).start();
    await child.join();
    expect([child.exitCode, files.read('text')]).toEqual([0, 'from a worker']);
  });
});

describe('a subclass', () => {
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
  for (let i = 0; i < 2; i++) await together(5);
  await leaks.settle();
});
