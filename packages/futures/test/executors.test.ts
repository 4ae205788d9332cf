import { once } from 'node:events';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClosedError, memoryUsage } from '@manycore/core';
import { ProcessPoolExecutor, ThreadPoolExecutor, wait, type Executor, type Future, type ProcessPoolExecutorOptions, type UnseenFailureMessage } from '@manycore/futures';
import { BrokenExecutorError, BrokenProcessPoolError, BrokenThreadPoolError, WorkerLostError } from '@manycore/process';
import { Pipe } from '@manycore/queues';
import { collectGarbage, spawnFixture, until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';
import { caught, gate, range } from './helpers.js';

const inspectOf = (executor: Executor): string => (executor as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!();
const workersOf = (executor: Executor): string | undefined => /workers=(\S+)/.exec(inspectOf(executor))?.[1];
const threads = (maxWorkers: number, options = {}): ThreadPoolExecutor => new ThreadPoolExecutor({ maxWorkers, ...options });
const processes = (maxWorkers: number, options: ProcessPoolExecutorOptions = {}): ProcessPoolExecutor => new ProcessPoolExecutor({ maxWorkers, startMethod: 'spawn', ...options });

/** Whether a process is there that is no zombie. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('workers', () => {
  it('are started when a task waits and none is idle', async () => {
    await using executor = threads(3);
    expect(inspectOf(executor)).toBe('<ThreadPoolExecutor running workers=0/3 queued=0 running=0>');
    for (let i = 0; i < 5; i++) expect(await executor.submit(tasks.double, i)).toBe(i * 2);
    expect(workersOf(executor)).toBe('1/3');
    const gates = range(3).map(gate);
    const futures = gates.map(({ theirs }, i) => executor.submit(tasks.waitAt, theirs, i));
    for (const held of gates) await held.begun();
    expect(workersOf(executor)).toBe('3/3');
    const waiting = executor.submit(tasks.double, 1);
    expect(workersOf(executor)).toBe('3/3');
    for (const held of gates) await held.open();
    expect(await Promise.all([...futures, waiting])).toEqual([0, 1, 2, 2]);
  });

  it('are there from the beginning, as many as there should be at least, and go when they have been idle', async () => {
    await using executor = threads(3, { minWorkers: 1, idleTimeout: 20 });
    expect(workersOf(executor)).toBe('1/3');
    const gates = range(3).map(gate);
    const futures = gates.map(({ theirs }) => executor.submit(tasks.waitAt, theirs, 1));
    for (const held of gates) await held.begun();
    expect(workersOf(executor)).toBe('3/3');
    for (const held of gates) await held.open();
    await Promise.all(futures);
    await until(() => workersOf(executor) === '1/3', { what: 'two workers are let go' });
    expect(await executor.submit(tasks.double, 4)).toBe(8);
    expect(workersOf(executor)).toBe('1/3');
  });

  it('are started anew for a task that would have to wait for another, when those that were idle are gone', async () => {
    await using executor = threads(2, { idleTimeout: 8 });
    const [first, other] = [gate(), gate()];
    const futures = [executor.submit(tasks.waitAt, first.theirs, 1), executor.submit(tasks.waitAt, other.theirs, 2)];
    await Promise.all([first.begun(), other.begun()]);
    await other.open();
    await until(() => workersOf(executor) === '1/2', { what: 'the idle worker is let go' });
    expect(await executor.submit(tasks.double, 1)).toBe(2);
    await first.open();
    expect(await Promise.all(futures)).toEqual([1, 2]);
    await until(() => workersOf(executor) === '0/2', { what: 'all are let go' });
    expect(await executor.submit(tasks.double, 2)).toBe(4);
  });

  it('have names, and initializers that run before any task', async () => {
    await using executor = threads(2, { threadNamePrefix: 'thumbnails', initializer: tasks.initialize, initArgs: [{ model: 1 }] });
    const gates = range(2).map(gate);
    const futures = gates.map(({ theirs }) => executor.submit(tasks.waitAt, theirs, 1));
    for (const held of gates) await held.begun();
    for (const held of gates) await held.open();
    await Promise.all(futures);
    const names = new Set<string>();
    for await (const name of executor.map(tasks.name, range(20))) names.add(name);
    expect([...names].every((name) => /^thumbnails_[01]$/.test(name))).toBe(true);
    expect(await executor.submit(tasks.modelOf)).toEqual({ model: 1 });
    await using unnamed = threads(1);
    expect(await unnamed.submit(tasks.name)).toMatch(/^ThreadPoolExecutor-\d+_0$/);
  });

  it('of a ProcessPoolExecutor are processes, replaced after their number of tasks', async () => {
    await using executor = processes(1, { maxTasksPerChild: 2 });
    const counts: number[] = [];
    for await (const count of executor.map(tasks.countCalls, range(5))) counts.push(count);
    expect(counts).toEqual([1, 2, 1, 2, 1]);
    const pid = await executor.submit(tasks.pid);
    expect(pid).not.toBe(process.pid);
    expect(await executor.submit(tasks.name)).toMatch(/^ProcessPoolExecutor-\d+_0$/);
  });

  it('tell the task that it is aborted, and live when it ends', async () => {
    await using executor = threads(1, { graceMs: 60_000 });
    const held = gate();
    const [answers, theirs] = Pipe();
    const future = executor.submit(tasks.waitPolitely, held.theirs, theirs);
    await held.begun();
    future.abort(new Error('enough'));
    expect((await caught(future) as Error).message).toBe('enough');
    expect(await answers.recv()).toBe('ERR_MANYCORE_CANCELLED');
    expect(await executor.submit(tasks.double, 1)).toBe(2);
  });

  it('take buffers that are moved to them', async () => {
    await using executor = threads(1);
    const buffer = new ArrayBuffer(8);
    expect(await executor.with({ transfer: [buffer] }).submit(tasks.byteLength, buffer)).toBe(8);
    expect(buffer.byteLength).toBe(0);
  });
});

describe('a worker that dies', () => {
  it('fails its task, and only that; others take its place, also for what is behind a task that lasts', async () => {
    await using executor = processes(2);
    const [long, short] = [gate(), gate()];
    const futures = [executor.submit(tasks.waitAt, long.theirs, 'long'), executor.submit(tasks.waitAt, short.theirs, 'short')];
    await Promise.all([long.begun(), short.begun()]);
    const lost = executor.submit(tasks.die);
    const more = range(20).map((x) => executor.submit(tasks.double, x));
    await short.open();
    expect(await Promise.all(more)).toEqual(range(20).map((x) => x * 2));
    expect(await caught(lost)).toMatchObject({ code: 'ERR_MANYCORE_WORKER_LOST', signal: 'SIGKILL', task: { name: 'die' } });
    await long.open();
    expect(await Promise.all(futures)).toEqual(['long', 'short']);
    expect(await executor.with({ retries: 1 }).submit(tasks.dieUntil, 2)).toBe(2);
  });

  it('breaks an executor that is to break: every future has an error of its own, with the cause', async () => {
    const executor = processes(2, { onWorkerLost: 'break' });
    const held = gate();
    const futures: Future<unknown>[] = [executor.submit(tasks.blockAt, held.theirs)];
    await held.begun();
    futures.push(executor.submit(tasks.die), ...range(30).map((x) => executor.submit(tasks.double, x)));
    const ended = await wait(futures.slice(0, 2));
    expect(ended.done.size).toBe(2);
    const errors = (await Promise.all(futures.map((future) => future.exception()))).filter((error) => error !== null) as BrokenProcessPoolError[];
    expect(errors.length).toBeGreaterThanOrEqual(2);
    for (const error of errors) {
      expect(error).toBeInstanceOf(BrokenProcessPoolError);
      expect(error.cause).toBeInstanceOf(WorkerLostError);
      expect(error.cause).toMatchObject({ signal: 'SIGKILL', task: { name: 'die' } });
    }
    expect(new Set(errors).size).toBe(errors.length);
    expect(() => executor.submit(tasks.double, 1)).toThrow(BrokenProcessPoolError);
    await executor.shutdown();
  });

  it('breaks it also while it is idle, but not when the executor itself has ended it', async () => {
    const executor = processes(1, { onWorkerLost: 'break', graceMs: 20, maxTasksPerChild: 2 });
    const held = gate();
    const aborted = executor.submit(tasks.blockAt, held.theirs);
    await held.begun();
    aborted.abort('enough');
    await caught(aborted);
    for (let i = 0; i < 2; i++) expect(await executor.submit(tasks.double, i)).toBe(2 * i);
    // The first task of a worker that is to have one more.
    process.kill(await executor.submit(tasks.pid), 'SIGKILL');
    const error = await until(() => outcomeOf(() => executor.submit(tasks.double, 1)), { what: 'the executor is broken' });
    expect(error).toBeInstanceOf(BrokenExecutorError);
    await executor.shutdown();
  });
});

const outcomeOf = (call: () => Future<unknown>): unknown => {
  try {
    void call().exception();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('an executor', () => {
  it.each([['ThreadPoolExecutor', threads, BrokenThreadPoolError], ['ProcessPoolExecutor', processes, BrokenProcessPoolError]] as const)(
    '%s whose initializer fails is broken, with its error as the cause',
    async (_name, make, ErrorClass) => {
      const executor = make(2, { initializer: tasks.failToInitialize });
      const futures = range(3).map((x) => executor.submit(tasks.double, x));
      const dependent = executor.submit(tasks.double, futures[0]!);
      const errors = await Promise.all([...futures, dependent].map(caught));
      for (const error of errors) expect(error).toMatchObject({ cause: { name: 'RangeError', message: 'no model' } });
      expect(errors[0]).toBeInstanceOf(ErrorClass);
      expect(new Set(errors.slice(0, 3)).size).toBe(3);
      expect(() => executor.submit(tasks.double, 1)).toThrow(ErrorClass);
      await executor.shutdown();
    },
  );

  it.each(['terminateWorkers', 'killWorkers'] as const)('%s ends what runs and what waits', async (end) => {
    const executor = processes(1, { graceMs: 100 });
    const held = gate();
    const running = executor.submit(tasks.waitAt, held.theirs, 1);
    const waiting = [...range(3).map((x) => executor.submit(tasks.double, x)), executor.submit(tasks.double, running)];
    await held.begun();
    expect(running.running()).toBe(true);
    const over = executor[end]();
    expect(await caught(running)).toMatchObject({ code: 'ERR_MANYCORE_CANCELLED' });
    expect([running.state, ...waiting.map(({ state }) => state)]).toEqual(['FINISHED', ...range(4).map(() => 'CANCELLED_AND_NOTIFIED')]);
    expect(() => executor.submit(tasks.double, 1)).toThrow(ClosedError);
    await over;
    expect(workersOf(executor)).toBe('0/1');
    await executor[end]();
    await executor.shutdown();
  });

  it('that has no workers is ended at once', async () => {
    for (const end of ['terminateWorkers', 'killWorkers', 'shutdown'] as const) {
      const executor = processes(1);
      await executor[end]();
      expect(() => executor.submit(tasks.double, 1)).toThrow(ClosedError);
    }
  });

  it('names the place of the call in the stack of an error', async () => {
    await using executor = threads(1);
    for (const future of [executor.submit(tasks.fail, 'a'), executor.with({ priority: 1 }).submit(tasks.fail, 'b')]) {
      const { stack } = (await caught(future)) as Error;
      expect(stack).toContain('tasks.mjs');
      expect(stack).toContain('executors.test.ts');
    }
    expect(((await caught(executor.map(tasks.fail, ['c']).next())) as Error).stack).toContain('executors.test.ts');
  });

  it('refuses bad options at once, and starts nothing', () => {
    for (const Executor of [ThreadPoolExecutor, ProcessPoolExecutor]) {
      for (const options of [{ maxWorkers: 0 }, { maxWorkers: -1 }, { maxWorkers: 1.5 }, { maxWorkers: Infinity }, { minWorkers: -1 }, { maxWorkers: 1, minWorkers: 2 }, { idleTimeout: -1 }, { maxTasksPerChild: 0 }]) {
        expect(() => new Executor(options), JSON.stringify(options)).toThrow(RangeError);
      }
      for (const options of [{ maxWorkers: '2' }, { initializer: 1 }, { initArgs: 1 }, { unknown: 1 }, { onWorkerLost: 'never' }, { idleTimeout: NaN }, null, 3]) {
        expect(() => new Executor(options as never), JSON.stringify(options)).toThrow(TypeError);
      }
    }
    expect(() => new ThreadPoolExecutor({ threadNamePrefix: 1 } as never)).toThrow(TypeError);
    expect(() => new ThreadPoolExecutor({ startMethod: 'spawn' } as never)).toThrow(TypeError);
    expect(() => new ProcessPoolExecutor({ startMethod: 'fork' } as never)).toThrow(TypeError);
  });

  it('has a hundred thousand futures in flight, and what was given away of them back afterwards', async () => {
    const before = memoryUsage().chargedBytes;
    {
      await using executor = threads(2);
      const futures = range(100_000).map((x) => executor.submit(tasks.double, x));
      let sum = 0;
      for (const value of await Promise.all(futures)) sum += value;
      expect(sum).toBe(99_999 * 100_000);
      expect(futures.every((future) => future.done())).toBe(true);
    }
    await until(() => memoryUsage().chargedBytes <= before + 2 ** 21, { what: 'memory is given back' });
  });

  it('that is forgotten does what it has, and lets its workers go', async () => {
    const [future, pid] = await (async () => {
      const executor = processes(1);
      return [executor.submit(tasks.later, 'value'), await executor.submit(tasks.pid)] as const;
    })();
    expect(await future).toBe('value');
    await until(async () => (await collectGarbage(), !exists(pid)), { what: 'its worker is gone' });
  });

  it('tells on a diagnostics channel of a failure that nobody looked at', async () => {
    const messages: UnseenFailureMessage[] = [];
    const listen = (message: unknown): unknown => messages.push(message as UnseenFailureMessage);
    subscribe('manycore:future:unseen', listen);
    try {
      await using executor = threads(1);
      await wait(['not seen', 'not seen'].map((message) => executor.submit(tasks.fail, message)));
      const seen = ['result', 'exception', 'then'].map((message) => executor.submit(tasks.fail, message));
      await Promise.allSettled([seen[0]!.result(), seen[1]!.exception(), seen[2]]);
      await until(async () => (await collectGarbage(), messages.length === 2), { what: 'two messages' });
      expect(messages[0]).toMatchObject({ error: { name: 'RangeError', message: 'not seen' }, task: { executor: 'ThreadPoolExecutor', functionName: 'fail' } });
    } finally {
      unsubscribe('manycore:future:unseen', listen);
    }
  });
});

describe('a program', () => {
  const program = (...args: string[]): ReturnType<typeof spawnFixture> => spawnFixture(new URL('./fixtures/program.mjs', import.meta.url), { args });

  it.each(['ThreadPoolExecutor', 'ProcessPoolExecutor'])('ends when its pending work is done, whether or not somebody waits for it (%s)', async (className) => {
    await using pending = program('pending', className);
    expect(await pending.done).toMatchObject({ exitCode: 0, stdout: 'last\n', stderr: '' });
    await using shutDown = program('shutDown', className);
    expect(await shutDown.done).toMatchObject({ exitCode: 0, stdout: 'shut down\nlast\n' });
  });

  it.each(['ThreadPoolExecutor', 'ProcessPoolExecutor'])('exits while a worker is busy or idle, and takes it along (%s)', async (className) => {
    for (const [scenario, code] of [['exit', 3], ['idle', 0]] as const) {
      await using child = program(scenario, className);
      const { exitCode, stdout } = await child.done;
      expect(exitCode).toBe(code);
      const pid = Number(stdout.trim().split(' ')[1]);
      expect(pid).toBeGreaterThan(0);
      await until(() => !exists(pid), { what: 'the worker is gone' });
    }
  });

  it('is told at its end of failures that nobody looked at', async () => {
    await using child = program('unseen', 'ThreadPoolExecutor');
    expect(await child.done).toMatchObject({ exitCode: 0, stdout: 'unseen not seen fail\n' });
  });
});

describe('bridges', () => {
  it('an AbortSignal ends what is underway, and a done callback tells an EventTarget', async () => {
    await using executor = threads(1, { graceMs: 20 });
    const controller = new AbortController();
    const held = gate();
    const target = new EventTarget();
    const event = once(target, 'done');
    const future = executor.with({ signal: controller.signal }).submit(tasks.blockAt, held.theirs);
    future.addDoneCallback(() => target.dispatchEvent(new Event('done')));
    await held.begun();
    controller.abort(new Error('stop'));
    await event;
    expect(await future.exception()).toBe(controller.signal.reason);
  });
});
