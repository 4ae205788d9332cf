import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ClosedError, InvalidStateError, SerializationError, TargetError } from '@manycore/core';
import { BaseManager, Manager, ManagerError, SyncManager, type DictProxy } from '@manycore/manager';
import { activeChildren, currentProcess, Process } from '@manycore/process';
import { AuthenticationError, ConnectionError } from '@manycore/queues';
import { caught, collectGarbage, leakCheck, spawnFixture, until } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Derived, initialize, initialized, putPid, TestManager } from './fixtures/managers.mjs';
import { exists } from './helpers.js';

const program = new URL('./fixtures/program.mjs', import.meta.url);
const spawnChild = (dict: DictProxy): Process => new Process({ target: putPid, args: [dict] }).start();

/** A temporary folder of these tests alone: managers of others, which are tried at the same time, have their sockets in the common one. */
let folder: string;
const commonFolder = process.env['TMPDIR'];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
  process.env['TMPDIR'] = folder;
});
afterAll(() => {
  if (commonFolder === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = commonFolder;
  rmSync(folder, { recursive: true });
});

describe('a manager that is started', () => {
  it('has an address and a key, is started once, shut down any number of times, and leaves nothing behind', async () => {
    // No standby is booted, which would be left for a while.
    const before = await Manager({ startMethod: 'spawn' });
    await (await before.dict()).size();
    await before.shutdown();
    collectGarbage();
    const leaks = leakCheck();
    const manager = new SyncManager({ startMethod: 'spawn' });
    expect(manager.address).toBeNull();
    expect(await caught(manager.dict())).toBeInstanceOf(InvalidStateError);
    expect(await caught(manager.join())).toBeInstanceOf(InvalidStateError);
    expect(await manager.start()).toBe(manager);
    expect(typeof manager.address).toBe('string');
    expect(manager.authkey).toEqual(currentProcess().authkey);
    expect(activeChildren().map(({ name }) => name)).toEqual([expect.stringMatching(/^SyncManager-\d+$/)]);
    expect(await caught(manager.start())).toBeInstanceOf(InvalidStateError);
    expect(await caught(manager.connect())).toBeInstanceOf(InvalidStateError);
    expect(() => manager.getServer()).toThrow(InvalidStateError);
    const dict = await manager.dict();
    expect(await caught(dict.set('m', manager))).toBeInstanceOf(SerializationError);
    await manager.join({ timeout: 1 });
    await Promise.all([manager.shutdown(), manager.shutdown()]);
    await manager.join();
    expect(activeChildren()).toEqual([]);
    expect(await caught(dict.size())).toMatchObject({ name: 'ManagerError', message: expect.stringMatching(/pid \d+.*exit code 0/) as string });
    expect(await caught(manager.dict())).toBeInstanceOf(ClosedError);
    expect(await caught(manager.start())).toBeInstanceOf(ClosedError);
    collectGarbage();
    await leaks.settle();
  });

  it('runs its initializer in the server first, and is not started when that fails', async () => {
    {
      await using manager = await new TestManager().start({ initializer: initialize, initArgs: [5] });
      const ns = await manager.Namespace();
      expect(await ns.transact(initialized)).toBe(5);
    }
    const manager = new TestManager();
    expect(await caught(manager.start({ initializer: initialize }))).toMatchObject({ name: 'RangeError', message: 'no value' });
    expect(await caught(manager.start({ initializer: () => 1 }))).toBeInstanceOf(TargetError);
    expect(await caught(manager.start({ initializer: 5 as never }))).toBeInstanceOf(TypeError);
    expect(activeChildren()).toEqual([]);
    await manager.start();
    await manager.shutdown();
  });

  it('has the types of the classes above its own, and may say otherwise of one', async () => {
    await using manager = await new Derived().start({});
    expect(await ((await manager.Counter(1)) as unknown as { name(): Promise<string> }).name()).toBe('derived');
    expect(await (await manager.Odd()).sum(1, 2)).toBe(3);
    expect(await (await manager.list([1])).length()).toBe(1);
  });

  it('fails every pending and later call when its server is killed, and says so', async () => {
    await using manager = await new TestManager().start();
    const [server] = activeChildren();
    const [odd, dict] = [await manager.Odd(), await manager.dict()];
    const pending = [odd.hang(), odd.hang(), dict.watch().next()].map(caught);
    await dict.size();
    server!.kill();
    for (const error of [...(await Promise.all(pending)), await caught(dict.size()), await caught(manager.dict())]) {
      expect(error).toBeInstanceOf(ManagerError);
      expect((error as Error).message).toContain(`pid ${server!.pid}`);
      expect((error as Error).message).toContain('SIGKILL');
    }
  });

  it('is ended by force when it does not listen', async () => {
    const manager = await new TestManager({ shutdownTimeout: 20 }).start();
    const [server] = activeChildren();
    const ns = await manager.Namespace();
    process.kill(server!.pid!, 'SIGSTOP');
    const pending = caught(ns.get('x'));
    await manager.shutdown();
    expect(server!.signalCode).toBe('SIGKILL');
    expect(await pending).toBeInstanceOf(ManagerError);
  });
});

describe('the program', () => {
  it('ends although it has not shut the manager down, and takes the server along; Ctrl-C does not end the server', async () => {
    await using fixture = spawnFixture(program, { args: ['idle'] });
    const pid = Number((await fixture.line(/^server \d+$/)).split(' ')[1]);
    process.kill(pid, 'SIGINT');
    fixture.send('go on');
    await fixture.line('still there');
    const { exitCode } = await fixture.done;
    expect(exitCode).toBe(0);
    await until(() => !exists(pid), { what: 'the server has ended' });
  });

  it('takes the server along when it is killed', async () => {
    await using fixture = spawnFixture(program, { args: ['idle'] });
    const pid = Number((await fixture.line(/^server \d+$/)).split(' ')[1]);
    fixture.kill('SIGKILL');
    await until(() => !exists(pid), { what: 'the server has ended' });
  });
});

describe('a manager that connects', () => {
  it('to a server of another program, over TCP, has its objects, and is told when it is gone', async () => {
    await using fixture = spawnFixture(program, { args: ['serve', 'a key'] });
    const port = Number((await fixture.line(/^port \d+$/)).split(' ')[1]);
    const manager = await new TestManager({ address: ['127.0.0.1', port], authkey: 'a key' }).connect();
    const [single, nested, list] = [await manager.single(), await manager.dict<string, unknown>(), await manager.list([1])];
    expect(await single.add(1)).toBe(101);
    expect(await manager.single()).toBe(single);
    await nested.set('list', list);
    expect(await nested.get('list')).toBe(list);
    expect(await caught(manager.create('Nonsense'))).toBeInstanceOf(ManagerError);
    expect(await caught(manager.shutdown())).toBeInstanceOf(InvalidStateError);
    const calls = Array.from({ length: 300 }, () => single.add(1));
    expect((await Promise.all(calls)).at(-1)).toBe(401);
    expect(inspect(single, { depth: 10, showHidden: true })).not.toContain('a key');
    const pending = caught((await manager.Odd()).hang());
    await single.value();
    fixture.kill('SIGKILL');
    expect(await pending).toBeInstanceOf(ManagerError);
    expect(await caught(single.value())).toBeInstanceOf(ManagerError);
    expect(await caught(new TestManager({ address: ['127.0.0.1', port], authkey: 'a key' }).connect())).toBeInstanceOf(ConnectionError);
  });

  it('to one with a key of its own sends proxies to its own processes, and to nobody else', async () => {
    await using manager = await new TestManager({ authkey: 'of my own' }).start();
    const other = await new TestManager({ address: manager.address!, authkey: 'of my own' }).connect();
    const [dict, same] = [await manager.dict<string, number>(), await other.single()];
    expect(await manager.single()).toBe(same);
    await using tree = spawnChild(dict as DictProxy);
    await tree.join();
    expect(await dict.get('pid')).toBe(tree.pid);
    expect(await caught(new TestManager({ address: manager.address! }).connect())).toBeInstanceOf(AuthenticationError);
    await other[Symbol.asyncDispose]();
    expect(await dict.size()).toBe(1);
  });

  it('needs an address', async () => {
    expect(await caught(new SyncManager().connect())).toBeInstanceOf(InvalidStateError);
    expect(await caught(new SyncManager({ address: '/nonexistent/socket' }).connect())).toBeInstanceOf(ConnectionError);
  });
});

describe('a server in this process', () => {
  it('serves until its signal is aborted', async () => {
    const abort = new AbortController();
    const server = new TestManager({ address: ['127.0.0.1', 0] }).getServer();
    expect(server.address).toEqual(['127.0.0.1', 0]);
    const address = await server.listen();
    const serving = server.serveForever({ signal: abort.signal });
    const manager = await new TestManager({ address }).connect();
    const [counter, dict] = [await manager.Counter(1), await manager.dict<string, unknown>()];
    await dict.set('counter', counter);
    expect([await counter.add(1), await dict.get('counter')]).toEqual([2, counter]);
    abort.abort();
    await serving;
    expect(await caught(counter.add(1))).toBeInstanceOf(ManagerError);
  });

  it('refuses an address that other machines can reach, unless told otherwise', async () => {
    expect(await caught(new SyncManager({ address: ['0.0.0.0', 0] }).getServer().listen())).toBeInstanceOf(RangeError);
    const server = new SyncManager({ address: ['0.0.0.0', 0], allowRemote: true }).getServer();
    await server.listen();
    await server.close();
  });
});

describe('arguments', () => {
  it.each([5, { authkey: '' }, { authkey: 5 }, { shutdownTimeout: NaN }, { shutdownTimeout: -1 }, { adress: 'x' }])('that do not fit are refused: new SyncManager(%o)', (options) => {
    expect(() => new SyncManager(options as never)).toThrow(/new SyncManager/);
  });

  it('register refuses what does not fit, and the classes of the package', () => {
    class Mine extends BaseManager {}
    for (const [typeid, options] of [['', {}], [5, {}], ['x', 5], ['x', { factory: 5 }], ['x', { exposed: 'x' }], ['x', { proxy: 5 }], ['x', { nonsense: 1 }], ['start', { factory: Map }]]) {
      expect(() => Mine.register(typeid as string, options as never)).toThrow(TypeError);
    }
    expect(() => SyncManager.register('x', { factory: Map })).toThrow(TypeError);
    expect(() => BaseManager.register('x', { factory: Map })).toThrow(TypeError);
  });
});
