import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { lockBlocked, lockOwner, now, session, tryLock, unlock, type Block } from '@manycore/core/internal';
import { spawnFixture, until, LONG } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

/** Two raw locks, 64 words apart. */
const locks = (): Block => session().heap.allocate(512, 'test.locks');

async function holder(block: Block): Promise<Worker> {
  const { id, generation } = block;
  const worker = new Worker(new URL('../fixtures/worker-holds-lock.mjs', import.meta.url), { workerData: { block: { id, generation } } });
  worker.on('error', (error) => {
    throw error;
  });
  await once(worker, 'message');
  return worker;
}

describe('threads of a session', () => {
  it('a worker that is blocked in a wait can be terminated (T4), and its locks pass on (T12)', async () => {
    const { kernel } = session();
    const block = locks();
    lockBlocked(block.words, 64, kernel, Infinity);
    const worker = await holder(block);
    expect(tryLock(block.words, 0, kernel, true)).toBeUndefined();
    const owner = lockOwner(block.words, 0);
    await worker.terminate();
    expect(lockBlocked(block.words, 0, kernel, now() + LONG)).toBe(owner);
    unlock(block.words, 0, kernel);
  });

  it('the slot of a dead thread is taken again, with a new generation: a word of the dead never looks alive (T13), and still says who that was', async () => {
    const { kernel, slots } = session();
    const block = locks();
    lockBlocked(block.words, 64, kernel, Infinity);
    const first = await holder(block);
    const dead = lockOwner(block.words, 0);
    const names = [first.threadId];
    await first.terminate();
    await until(() => !kernel.isAlive(dead), { what: 'the slot to be free' });
    const other = locks();
    lockBlocked(other.words, 64, kernel, Infinity);
    const second = await holder(other);
    const alive = lockOwner(other.words, 0);
    expect(alive & 1023).toBe(dead & 1023);
    expect(alive).not.toBe(dead);
    expect(kernel.isAlive(alive)).toBe(true);
    expect(kernel.isAlive(dead)).toBe(false);
    names.push(second.threadId);
    expect([dead, alive].map((owner) => slots.tenant(owner))).toEqual(names.map((thread) => ({ pid: process.pid, name: `MainProcess|Thread-${thread}` })));
    await second.terminate();
  });

  it('a buffer outlives the worker that made it and was the first to load the addon (T1)', async () => {
    const run = spawnFixture(new URL('../fixtures/outlive-the-worker.mjs', import.meta.url), { execArgv: ['--expose-gc'] });
    const { stdout } = await run.succeeded().then(() => run.done as Promise<{ stdout: string }>);
    expect(stdout).toBe('7\nsurvived\n');
  });
});
