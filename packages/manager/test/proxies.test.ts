import { once } from 'node:events';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ClosedError, inline, SerializationError, sharedBuffer, TargetError } from '@manycore/core';
import { ManagerError, RemoteObject, type DictProxy, type ListProxy } from '@manycore/manager';
import { Process } from '@manycore/process';
import { Pipe, Queue } from '@manycore/queues';
import { caught, collectGarbage, until } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Counter, CounterProxy, forward, give, hold, increment, increments, TestManager, work } from './fixtures/managers.mjs';
import { all } from './helpers.js';

let manager: TestManager;
beforeAll(async () => {
  manager = await new TestManager().start();
});
afterAll(() => manager.shutdown());

const reaches = (list: { length(): Promise<number> }, length: number): Promise<unknown> =>
  until(async () => (await list.length()) >= length, { what: `the list has ${length} items` });

describe('a proxy of a registered type', () => {
  it('has the methods of the object, each by a promise', async () => {
    const counter = await manager.Counter(5);
    expect(await Promise.all([counter.add(1), counter.add(2), counter.value()])).toEqual([6, 8, 8]);
    expect(await (counter as unknown as { call(x: string): Promise<unknown> }).call('x')).toEqual(['call', 'x']);
    expect(inspect(counter)).toMatch(/^<proxy of Counter \d+>$/);
    expect(counter).toBeInstanceOf(RemoteObject);
    expect((counter as unknown as { then: unknown }).then).toBeUndefined();
  });

  it.each(['nothing', 'accessor', 'hasOwnProperty2', 'disposed'])('refuses what is no exposed method: %s', async (name) => {
    const counter = (await manager.Counter()) as unknown as Record<string, () => Promise<unknown>>;
    expect(await caught(counter[name]!())).toBeInstanceOf(ManagerError);
  });

  it('exposes only what it was registered with, and no constructor', async () => {
    const few = (await manager.Few(3)) as unknown as Record<string, () => Promise<unknown>> & { value(): Promise<number> };
    expect(await few.value()).toBe(3);
    expect(await caught(few['add']!())).toBeInstanceOf(ManagerError);
    expect(await caught(few['constructor_']!())).toBeInstanceOf(ManagerError);
  });

  it('is of the class that it was registered with', async () => {
    const counter = await manager.Typed(1);
    expect(counter).toBeInstanceOf(CounterProxy);
    expect(await counter.twice(2)).toBe(5);
  });

  it('is the same for the same object', async () => {
    const [one, other] = [await manager.single(), await manager.single()];
    expect(one).toBe(other);
    expect(await manager.Counter()).not.toBe(await manager.Counter());
  });

  it('may come of a method', async () => {
    const odd = await manager.Odd();
    const child = await odd.child();
    expect([await child.value(), await child.add(1)]).toEqual([7, 8]);
  });

  it('of a type that is not registered, or has no factory, or makes no object, there is none', async () => {
    expect(await caught(manager.create('Nonsense'))).toBeInstanceOf(ManagerError);
    expect(await caught(manager.create('constructor'))).toBeInstanceOf(ManagerError);
    expect(await caught(manager.elsewhere())).toBeInstanceOf(ManagerError);
    expect(await caught(manager.primitive())).toBeInstanceOf(ManagerError);
    expect(await caught(manager.refuses())).toMatchObject({ name: 'RangeError', message: 'not today' });
    expect(await (await manager.later()).value()).toBe(5);
  });
});

describe('calls', () => {
  it('begin in the order in which they are made, and one that waits holds up nobody', async () => {
    const [odd, counter] = [await manager.Odd(), await manager.Counter()];
    const abort = new AbortController();
    const waiting = odd.wait({ signal: abort.signal });
    const results = await Promise.all(Array.from({ length: 500 }, () => counter.add(1)));
    expect(results).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    abort.abort(new Error('enough'));
    expect(await caught(waiting)).toMatchObject({ message: 'enough' });
  });

  it('that are aborted reject with the reason, whether or not the method listens; before the call, nothing is called', async () => {
    const [odd, list] = [await manager.Odd(), await manager.list()];
    const abort = new AbortController();
    const calls = [odd.wait({ signal: abort.signal }), odd.hang({ signal: abort.signal })].map(caught);
    await list.length();
    abort.abort('why');
    expect(await Promise.all(calls)).toEqual(['why', 'why']);
    expect(await caught(odd.tells.call(odd, { signal: AbortSignal.abort('before') } as never))).toBe('before');
  });

  it.each([
    ['error', { name: 'TypeError', message: 'of mine', code: 'E_MINE', cause: 'why' }],
    ['undefined', undefined],
    ['cyclic', { self: { self: {} } }],
    ['proxy', { name: 'RemoteError' }],
    ['function', { name: 'RemoteError' }],
  ])('that throw or reject with anything tell it: %s', async (kind, expected) => {
    const odd = await manager.Odd();
    for (const error of [await caught(odd.throws(kind)), await caught(odd.rejects(kind))]) {
      if (expected === undefined) expect(error).toBeUndefined();
      else expect(error).toMatchObject(expected);
    }
    if (kind === 'error') expect(((await caught(odd.throws(kind))) as Error).stack).toMatch(/Odd\.throws[^]*proxies\.test/);
  });

  it('whose arguments or results cannot be sent fail, and others go on', async () => {
    const odd = await manager.Odd();
    expect(await caught(odd.gets({ deep: { fn: () => 1 } }))).toMatchObject({ name: 'SerializationError', message: expect.stringContaining('args[0].deep.fn') as string });
    expect(await caught(odd.gives('function'))).toBeInstanceOf(SerializationError);
    for (const result of [odd.gives('proxy'), odd.givesLater('proxy'), odd.givesLater('iterator')]) expect(await caught(result)).toMatchObject({ message: expect.stringContaining('trap') as string });
    expect(await odd.sum(1, 2)).toBe(3);
  });

  it('take functions by name, and refuse closures at once', async () => {
    const dict = await manager.dict<string, number>();
    const local = 5;
    expect(await caught(dict.modify('n', () => local))).toBeInstanceOf(TargetError);
    expect(await dict.modify('n', increment)).toBe(1);
  });

  it('move large values whole, both ways, and shared memory by reference', async () => {
    const [dict, odd] = [await manager.dict<string, Uint8Array>(), await manager.Odd()];
    const bytes = new Uint8Array(3_000_000).map((_, i) => i);
    await dict.set('bytes', bytes);
    expect(Buffer.compare((await dict.get('bytes')) as Uint8Array, bytes)).toBe(0);
    expect((await odd.big(5_000_000)).length).toBe(5_000_000);
    const shared = sharedBuffer(8);
    await dict.set('shared', shared);
    shared[0] = 7;
    expect(((await dict.get('shared')) as Uint8Array)[0]).toBe(7);
  });

  it('tell the method who calls', async () => {
    const odd = await manager.Odd();
    expect(await odd.called('x')).toEqual([process.pid, 'MainProcess', undefined, 'x']);
  });

  it('transact gives a function the object to itself', async () => {
    const counter = await manager.Counter(1);
    const doubling = inline(async (held: Counter) => {
      const before = held.value();
      await new Promise((resolve) => setTimeout(resolve, 5));
      return held.add(before);
    });
    expect(await Promise.all([counter.transact(doubling), counter.add(1), counter.transact(doubling), counter.value()])).toEqual([2, 3, 6, 6]);
    expect(await caught(counter.transact(inline(() => { throw new RangeError('inside'); })))).toBeInstanceOf(RangeError);
    expect(await all(await counter.transact(inline((held: Counter) => held.items(2))))).toEqual([0, 1]);
  });
});

describe('iteration', () => {
  it('goes over the object, and over what generators of any kind give', async () => {
    const counter = await manager.Counter(150);
    expect(await all(counter)).toHaveLength(150);
    expect(await all(await counter.items(200))).toHaveLength(200);
    expect(await all(await counter.later(3))).toEqual([0, 1, 2]);
    expect(await caught(all((await manager.Odd()) as unknown as AsyncIterable<unknown>))).toBeInstanceOf(ManagerError);
  });

  it('gives what came before an error, then the error, then nothing', async () => {
    const values = await (await manager.Counter()).failing();
    expect(await values.next()).toEqual({ done: false, value: 1 });
    expect(await caught(values.next())).toMatchObject({ name: 'RangeError', message: 'in the middle' });
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it('ends early when told', async () => {
    const values = await (await manager.Counter()).items(1000);
    for await (const value of values) if (value === 2) break;
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });
});

describe('references', () => {
  it('an object is disposed of when its last proxy is given back, and not before', async () => {
    const events = await manager.list<string>();
    const counter = await manager.Counter(1, events as never);
    const dict = await manager.dict({ counter });
    counter[Symbol.dispose]();
    counter[Symbol.dispose]();
    expect(await caught(counter.add(1))).toBeInstanceOf(ClosedError);
    const again = (await dict.get('counter')) as typeof counter;
    expect(await again.add(1)).toBe(2);
    expect(await events.length()).toBe(0);
    {
      using other = await manager.Counter(9, events as never);
      expect(await other.value()).toBe(9);
    }
    await reaches(events, 1);
    expect(await events.copy()).toEqual(['disposed 9']);
  });

  it('a proxy that is collected as garbage is given back', async () => {
    const events = await manager.list<string>();
    await (async () => {
      await (await manager.Counter(3, events as never)).value();
    })();
    await until(
      async () => {
        collectGarbage();
        return (await events.length()) === 1;
      },
      { what: 'the object is disposed of' },
    );
  });

  it('an object that was made for a call that was aborted is disposed of', async () => {
    const events = await manager.list<string>();
    const abort = new AbortController();
    const making = caught(manager.create('slow', events, { signal: abort.signal }));
    await reaches(events, 1);
    abort.abort('too late');
    expect(await making).toBe('too late');
    await reaches(events, 2);
    expect(await events.copy()).toEqual(['made', 'disposed 4']);
  });

  it('code in the server that gets a proxy may keep it', async () => {
    const [odd, other] = [await manager.Odd(), await manager.Odd()];
    expect(await odd.keeps(other)).toBe(7);
  });

  it('proxies in managed objects stay live, and are the same objects again', async () => {
    const [dict, list] = [await manager.dict<string, unknown>(), await manager.list([1])];
    await dict.set('list', list);
    await dict.set('deep', [{ list }]);
    expect(await dict.get('list')).toBe(list);
    expect(((await dict.get('deep')) as [{ list: unknown }])[0].list).toBe(list);
    await ((await dict.get('list')) as ListProxy).append(2);
    expect(await list.copy()).toEqual([1, 2]);
    expect(await dict.transact(inline((held: { get(key: string): unknown }) => (held.get('list') as { length(): Promise<number> }).length()))).toBe(2);
  });
});

describe('in other processes', () => {
  it.each(['spawn', 'forkserver', 'thread'] as const)('proxies work in the arguments of a process: %s', async (startMethod) => {
    const [dict, list, counter] = [await manager.dict<string, number>(), await manager.list<unknown>(), await manager.Counter()];
    const child = new Process({ target: work, args: [dict as DictProxy, list, counter], startMethod }).start();
    await child.join();
    expect([child.exitCode, await dict.get('pid'), await list.copy(), await counter.value()]).toEqual([0, child.pid, ['from the child'], 10]);
  });

  it('proxies travel through queues and pipes, and what lives on its way alone stays alive', async () => {
    const [queue, nested, list] = [new Queue<unknown>(), await manager.dict<string, unknown>(), await manager.list(['x'])];
    await nested.set('list', list);
    const child = new Process({ target: forward, args: [queue, nested as DictProxy] }).start();
    expect(await queue.get()).toBe(list);
    await child.join();
    const [mine, theirs] = Pipe();
    await mine.send(list);
    expect(await theirs.recv()).toBe(list);
    await nested.set('only', await manager.list(['kept']));
    const giver = new Process({ target: give, args: [nested as DictProxy, queue] }).start();
    await giver.join();
    expect(await nested.has('only')).toBe(false);
    expect(await ((await queue.get()) as ListProxy).copy()).toEqual(['kept']);
  });

  it('modify by several processes loses nothing', async () => {
    const dict = await manager.dict<string, number>();
    const children = [1, 2].map(() => new Process({ target: increments, args: [dict, 200] }).start());
    await increments(dict, 200);
    for (const child of children) await child.join();
    expect(await dict.get('n')).toBe(600);
  });

  it('what a client holds is released, its calls are cancelled, its references dropped when it is killed', async () => {
    const [odd, list, dict, [mine, theirs]] = [await manager.Odd(), await manager.list<unknown>(), await manager.dict(), Pipe()];
    const child = new Process({ target: hold, args: [odd, list, dict, theirs] }).start();
    expect(await mine.recv()).toBe(0);
    child.kill();
    await child.join();
    await reaches(list, 2);
    expect((await list.copy()).sort()).toEqual(['aborted', 'gone']);
    expect(await odd.sum(1)).toBe(1);
  });

  it('a worker thread that is none of ours may use them too', async () => {
    const dict = await manager.dict<string, number>();
    const [mine, theirs] = Pipe();
    const url = JSON.stringify(import.meta.resolve('@manycore/queues'));
    await mine.send(dict);
    void theirs;
    const worker = new Worker(`import(${url}).then(() => require('node:worker_threads').parentPort.postMessage('up'))`, { eval: true });
    await once(worker, 'message');
    await worker.terminate();
    expect(await theirs.recv()).toBe(dict);
  });
});
