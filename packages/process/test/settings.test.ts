/** CPUs and limits of a child, over the start methods. */
import { closeSync, openSync } from 'node:fs';
import { sharedBuffer } from '@manycore/core';
import { until } from '@manycore/testing';
import { getAllStartMethods, getContext, Process, processCpuCount } from '@manycore/process';
import { describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';
import { folder } from './helpers.js';

describe.each(getAllStartMethods())('start method %s', (method) => {
  const { Process } = getContext(method);

  it('lets a child run on the CPUs it is given, and its parent on its own', async () => {
    using files = folder();
    const own = processCpuCount();
    const child = new Process({ target: tasks.cpus, args: [files.file('cpus')], affinity: [0] }).start();
    expect(processCpuCount()).toBe(own);
    await child.join();
    expect(JSON.parse(files.read('cpus'))).toEqual({ count: 1 });
  });

  it('limits the memory of a child, which ends beyond it', async () => {
    const child = new Process({ target: tasks.useMemory, stdio: 'ignore', resourceLimits: { maxOldGenerationSizeMb: 24 } }).start();
    await child.join();
    expect([child.exitCode, child.signalCode]).toEqual(method === 'thread' ? [1, null] : [-6, 'SIGABRT']);
    if (method === 'thread') expect(child.error).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
  });
});

describe('are refused early when they are not what they should be', () => {
  it.each([
    ['affinity', 5, TypeError],
    ['affinity', ['0'], TypeError],
    ['affinity', [0.5], TypeError],
    ['affinity', [], RangeError],
    ['affinity', [-1], RangeError],
    ['affinity', [0, 8191], RangeError],
    ['affinity', [8192], RangeError],
    ['resourceLimits', 5, TypeError],
    ['resourceLimits', { maxHeap: 5 }, TypeError],
    ['resourceLimits', { stackSizeMb: '4' }, TypeError],
    ['resourceLimits', { stackSizeMb: NaN }, TypeError],
    ['resourceLimits', { stackSizeMb: 0 }, RangeError],
    ['resourceLimits', { maxOldGenerationSizeMb: Infinity }, RangeError],
  ] as const)('%s: %j', (option, value, error) => {
    expect(() => new Process({ [option]: value })).toThrow(error);
    expect(() => new Process({ [option]: value })).toThrow(new RegExp(`new Process\\(\\{ ${option} \\}\\)`));
  });
});

describe('a thread', () => {
  const { Process } = getContext('thread');

  it('takes no options of V8, and says so', () => {
    const child = new Process({ target: tasks.nothing, execArgv: ['--max-old-space-size=100'] });
    expect(() => child.start()).toThrow(
      expect.objectContaining({ code: 'ERR_MANYCORE_PROCESS', message: expect.stringContaining('another start method'), cause: expect.objectContaining({ code: 'ERR_WORKER_INVALID_EXEC_ARGV' }) }),
    );
    expect([child.pid, child.isAlive()]).toEqual([null, false]);
  });

  it('that had a thread of its own leaves the descriptors of others alone at its end', async () => {
    const words = new Int32Array(sharedBuffer(8).buffer, 0, 2);
    const child = new Process({ target: tasks.startAndWait, args: [words] as never }).start();
    await until(() => Atomics.load(words, 0) === 1, { what: 'the thread of the thread has ended' });
    // They get the numbers that were given back.
    const mine = Array.from({ length: 30 }, () => openSync('/dev/null', 'r'));
    Atomics.store(words, 1, 1);
    await child.join();
    for (const fd of mine) closeSync(fd);
    expect(child.exitCode).toBe(0);
  });

  it('whose preloaded module ends it before it begins is seen to end, its parent blocked', () => {
    const preload = new URL('./fixtures/exits-on-load.mjs', import.meta.url).href;
    const child = new Process({ target: tasks.nothing, execArgv: ['--import', preload], stdio: 'ignore' }).start();
    child.joinSync();
    expect(child.exitCode).toBe(1);
    expect(child.error).toMatchObject({ code: 'ERR_MANYCORE_PROCESS', message: expect.stringContaining('before its target was called') });
  });
});
