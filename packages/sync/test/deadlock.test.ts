import { lockGraph } from '@manycore/core';
import { DeadlockError, Event, Lock, LockError } from '@manycore/sync';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { WorkerSteps, type Step } from './worker-steps.js';

/** Longer than every thread of a cycle takes to give up. */
const LONG_ENOUGH_MS = 900;
const longEnough = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LONG_ENOUGH_MS));
const detecting = (): Lock => new Lock({ detectDeadlock: true });

/** Holds `first`, waits until all hold theirs, and takes `second`; then gives both up, or the first when it was refused the second. */
const nested = (first: string, second: string, options?: { timeout: number }): [Step[], Step[]] => [
  [[first, 'acquireSync'], ['go', 'waitSync'], options === undefined ? [second, 'acquireSync'] : [second, 'acquireSync', options], [second, 'release'], [first, 'release']],
  [[first, 'release']],
];

async function allHold(...workers: [WorkerSteps, string][]): Promise<void> {
  await until(() => workers.every(([worker, lock]) => worker.has(`acquireSync ${lock}`)), { what: 'the workers to hold their first lock' });
}

const refusals = (workers: WorkerSteps[]): WorkerSteps[] => workers.filter((worker) => worker.has('threw'));

describe('a lock with detectDeadlock', () => {
  it('refuses one of two threads that take two locks in opposite order; the other goes on', async () => {
    const objects = { a: detecting(), b: detecting(), go: new Event() };
    const one = new WorkerSteps(objects, ...nested('a', 'b'));
    const other = new WorkerSteps(objects, ...nested('b', 'a'));
    await allHold([one, 'a'], [other, 'b']);
    objects.go.set();
    await Promise.all([one.done, other.done]);
    const refused = refusals([one, other]);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const worker of [one, other]) expect(worker.said.at(-1)?.did).toBe(refused.includes(worker) ? 'threw' : `release ${worker === one ? 'a' : 'b'}`);
    expect(objects.a.locked() || objects.b.locked()).toBe(false);
    expect(objects.a.abandoned).toBeNull();
  });

  it('tells every member of the cycle, what it holds and waits for, and what to do', async () => {
    const objects = { a: new Lock(), b: detecting(), go: new Event() };
    const one = new WorkerSteps(objects, ...nested('a', 'b'));
    const other = new WorkerSteps(objects, ...nested('b', 'a'));
    await allHold([one, 'a'], [other, 'b']);
    const { objects: held } = lockGraph();
    const idOf = (worker: WorkerSteps): number => held.find(({ type, holders }) => type === 'Lock' && holders[0]?.name === worker.name)!.id;
    const [names, a, b] = [[one.name, other.name], { id: idOf(one), type: 'Lock' }, { id: idOf(other), type: 'Lock' }];
    objects.go.set();
    const said = (await one.done).at(-1);
    await other.done;
    // Only the one that waits for a lock with the option looks.
    expect(refusals([one, other])).toEqual([one]);
    expect(said?.error?.code).toBe('ERR_MANYCORE_DEADLOCK');
    expect(said?.error?.cycle).toEqual([
      { pid: process.pid, name: names[0], holds: a, waitsFor: b, hasTimeout: false },
      { pid: process.pid, name: names[1], holds: b, waitsFor: a, hasTimeout: false },
    ]);
    expect(said?.error?.message).toMatch(/^Lock\.acquireSync: deadlock: /);
    expect(said?.error?.message).toContain(`${names[0]} (pid ${process.pid}) holds Lock ${a.id} and waits for Lock ${b.id}; ${names[1]} (pid ${process.pid}) holds Lock ${b.id} and waits for Lock ${a.id}.`);
    expect(said?.error?.message).toContain('same order everywhere');
  });

  it.each([1, 3])('refuses one of three threads in a ring, with the option at %i of three locks', async (count) => {
    const [a, b, c] = [0, 1, 2].map((i) => new Lock({ detectDeadlock: i < count })) as [Lock, Lock, Lock];
    const objects = { a, b, c, go: new Event() };
    const rings: [string, string][] = [['a', 'b'], ['b', 'c'], ['c', 'a']];
    const workers = rings.map((ring) => new WorkerSteps(objects, ...nested(...ring)));
    await allHold(...workers.map((worker, i): [WorkerSteps, string] => [worker, rings[i]![0]]));
    objects.go.set();
    await Promise.all(workers.map(({ done }) => done));
    const refused = refusals(workers);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused.length).toBeLessThan(3);
    expect(refused[0]?.said.at(-1)?.error?.cycle).toHaveLength(3);
    expect(a.locked() || b.locked() || c.locked()).toBe(false);
  });

  it('refuses a thread that holds the lock itself, unless it waits with a timeout', () => {
    const lock = detecting();
    lock.acquireSync();
    let error: unknown;
    try {
      lock.acquireSync();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error).toBeInstanceOf(LockError);
    expect(DeadlockError.isInstance(error) && error.cycle).toMatchObject([{ pid: process.pid, name: 'MainProcess', hasTimeout: false }]);
    expect(String(error)).toContain('not reentrant');
    expect(() => lock.holdSync()).toThrow(DeadlockError);
    expect(() => lock.withLockSync(() => undefined)).toThrow(DeadlockError);
    expect(lock.acquireSync({ timeout: LONG_ENOUGH_MS })).toBe(false);
    expect(lock.tryAcquire()).toBe(false);
    lock.release();
    expect(() => lock.release()).toThrow(LockError);
  });

  it('lets a thread wait for a lock that is held for long', async () => {
    const lock = detecting();
    lock.acquireSync();
    const worker = new WorkerSteps({ lock }, [['lock', 'acquireSync'], ['lock', 'release']]);
    await until(() => lockGraph().objects.some(({ waiters }) => waiters.some(({ name }) => name === worker.name)), { what: 'the worker to wait' });
    await longEnough();
    expect(worker.said).toEqual([]);
    lock.release();
    expect((await worker.done).map(({ did }) => did)).toEqual(['acquireSync lock', 'release lock']);
  });

  it('lets threads wait in a chain whose end goes on', async () => {
    const objects = { a: detecting(), b: detecting(), c: detecting(), go: new Event(), end: new Event() };
    const head = new WorkerSteps(objects, [['a', 'acquireSync'], ['end', 'waitSync'], ['a', 'release']]);
    const middle = new WorkerSteps(objects, ...nested('b', 'a'));
    const last = new WorkerSteps(objects, ...nested('c', 'b'));
    await allHold([head, 'a'], [middle, 'b'], [last, 'c']);
    objects.go.set();
    await longEnough();
    objects.end.set();
    await Promise.all([head.done, middle.done, last.done]);
    expect(refusals([head, middle, last])).toEqual([]);
    expect(last.said.map(({ value }) => value)).toEqual([true, true, true, undefined, undefined]);
  });

  it('lets a cycle be that a timeout will end', async () => {
    const objects = { a: detecting(), b: detecting(), go: new Event() };
    const steps: Step[] = [['a', 'acquireSync'], ['go', 'waitSync'], ['b', 'acquireSync', { timeout: LONG_ENOUGH_MS }], ['a', 'release']];
    const patient = new WorkerSteps(objects, ...nested('b', 'a'));
    const other = new WorkerSteps(objects, steps);
    await allHold([patient, 'b'], [other, 'a']);
    objects.go.set();
    await Promise.all([patient.done, other.done]);
    expect(refusals([patient, other])).toEqual([]);
    expect(other.said[2]?.value).toBe(false);
    expect(patient.said[2]?.value).toBe(true);
  });

  it('lets a thread wait for an event loop that has a promise pending in the cycle: it can still release', async () => {
    const objects = { a: detecting(), b: detecting(), go: new Event() };
    objects.a.acquireSync();
    const worker = new WorkerSteps(objects, ...nested('b', 'a'));
    await allHold([worker, 'b']);
    objects.go.set();
    const end = new AbortController();
    const pending = objects.b.acquire({ signal: end.signal });
    await longEnough();
    expect(refusals([worker])).toEqual([]);
    end.abort('no more');
    await expect(pending).rejects.toBe('no more');
    objects.a.release();
    await worker.done;
    expect(worker.said[2]?.value).toBe(true);
  });

  it('passes on when a member of the cycle dies', async () => {
    const objects = { a: new Lock(), b: new Lock(), go: new Event() };
    const one = new WorkerSteps(objects, ...nested('a', 'b'));
    const other = new WorkerSteps(objects, ...nested('b', 'a'));
    await allHold([one, 'a'], [other, 'b']);
    objects.go.set();
    await until(() => lockGraph().cycles.length === 1, { what: 'the deadlock' });
    await one.worker.terminate();
    await other.done;
    expect(other.said[2]?.value).toBe(true);
    expect(lockGraph().cycles).toEqual([]);
  });

  it('is refused what is no option', () => {
    expect(() => new Lock({ detectDeadlock: 1 as never })).toThrow(TypeError);
    expect(() => new Lock({ detectDeadlock: null as never })).toThrow(TypeError);
    expect(new Lock({ detectDeadlock: false, onAbandoned: 'error' }).tryAcquire()).toBe(true);
  });
});
