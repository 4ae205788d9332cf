import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { ClosedError, SerializationError, TimeoutError } from '@manycore/core';
import { native, READABLE, READY, type Waitable } from '@manycore/core/internal';
import { AuthenticationError, Client, ConnectionError, Listener, Queue, type Connection } from '@manycore/queues';
import { leakCheck, until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { RawPeer } from './raw-peer.js';

const KEY = 'k'.repeat(32);
const MOST = 64;

describe('where a listener listens', () => {
  it('by default at a new path in a directory that only this user can enter; both are removed by close', async () => {
    const listener = await Listener.open();
    const path = listener.address as string;
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(path).isSocket()).toBe(true);
    listener.close();
    listener.close();
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('at a path of yours, which close removes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'socket-listener-'));
    const path = join(folder, 's');
    {
      await using listener = await Listener.open({ address: path });
      expect(listener.address).toBe(path);
      const error = await Listener.open({ address: path }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConnectionError);
      expect((error as { cause: { code: string } }).cause.code).toBe('EADDRINUSE');
      expect(existsSync(path)).toBe(true);
    }
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, 'a file');
    await expect(Listener.open({ address: path })).rejects.toThrow(/remove that first/);
    expect(existsSync(path)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('at an abstract name, which leaves no file', async () => {
    using listener = await Listener.open({ address: `\0manycore-test-${process.pid}` });
    const accepting = listener.accept();
    using client = await Client(listener.address);
    using conn = await accepting;
    await client.send('x');
    expect(await conn.recv()).toBe('x');
    expect(inspect(listener)).toBe(`<Listener(@manycore-test-${process.pid})>`);
  });

  it.each([[{ family: 'AF_INET' as const }], [{ address: ['127.0.0.1', 0] as [string, number] }], [{ address: ['localhost', 0] as [string, number] }]])('at a free port: %j', async (options) => {
    using listener = await Listener.open(options);
    const [host, port] = listener.address as [string, number];
    expect(host).toBe('127.0.0.1');
    expect(port).toBeGreaterThan(0);
    const error = await Listener.open({ address: [host, port] }).catch((reason: unknown) => reason);
    expect((error as { cause: { code: string } }).cause.code).toBe('EADDRINUSE');
    const again = port;
    listener.close();
    // Python, too, binds it again at once.
    using second = await Listener.open({ address: [host, again] });
    expect(second.address).toEqual([host, again]);
  });

  it('is told to `open`: as in Python, with `new` or without options, it is not made', async () => {
    const Made = Listener as unknown as new (...args: unknown[]) => Listener;
    for (const args of [[['127.0.0.1', 0]], ['/tmp/s', 'AF_UNIX'], []]) expect(() => new Made(...args)).toThrow(new TypeError("Listener: a listener is not made by `new`: use `await Listener.open({ address: ['127.0.0.1', 0] })`, with the other arguments as options too."));
    for (const address of [['127.0.0.1', 0], '/tmp/s']) await expect(Listener.open(address as never)).rejects.toThrow(/^Listener\.open: expected an options object, \{ address: … \}, got /);
  });

  it('other machines can reach it only when that is asked for', async () => {
    for (const host of ['0.0.0.0', '']) {
      await expect(Listener.open({ address: [host, 0] })).rejects.toThrow(/allowRemote: true/);
      using listener = await Listener.open({ address: [host, 0], allowRemote: true });
      const accepting = listener.accept();
      using client = await Client(['127.0.0.1', (listener.address as [string, number])[1]]);
      (await accepting).close();
      expect(client.closed).toBe(false);
    }
  });

  it.each([
    [null, TypeError],
    [{ address: 5 }, TypeError],
    [{ address: [] }, TypeError],
    [{ address: ['127.0.0.1', 70_000] }, RangeError],
    [{ address: '' }, RangeError],
    [{ address: `/${'x'.repeat(107)}` }, RangeError],
    [{ family: 'AF_PIPE' }, RangeError],
    [{ family: 'unix' }, RangeError],
    [{ family: 'AF_INET', address: '/tmp/x' }, TypeError],
    [{ authkey: '' }, RangeError],
    [{ authkey: new Uint8Array(0) }, RangeError],
    [{ authkey: {} }, TypeError],
    [{ backlog: -1 }, RangeError],
    [{ backlog: 1.5 }, RangeError],
    [{ backlog: '1' }, TypeError],
    [{ maxMessageBytes: NaN }, TypeError],
    [{ handshakeTimeout: -1 }, RangeError],
    [{ address: '/no/such/directory/socket' }, ConnectionError],
    [{ address: ['192.0.2.1', 0], allowRemote: true }, ConnectionError],
  ])('refuses what does not fit: %j', async (options, expected) => {
    await expect(Listener.open(options as never)).rejects.toBeInstanceOf(expected);
  });

  it('shows its address, never its key; and stays in its process', async () => {
    using listener = await Listener.open({ authkey: 'this is the secret' });
    expect(inspect(listener, { showHidden: true, depth: Infinity })).toBe(`<Listener(${String(listener.address)})>`);
    const queue = new Queue();
    expect(() => queue.putSync(listener)).toThrow(SerializationError);
    listener.close();
    expect(inspect(listener)).toBe('<Listener(closed)>');
  });

  it('the key may be text or bytes, and is copied', async () => {
    const bytes = new TextEncoder().encode(KEY);
    using listener = await Listener.open({ authkey: bytes });
    bytes.fill(0);
    const accepting = listener.accept();
    using client = await Client(listener.address, { authkey: Buffer.from(KEY) });
    (await accepting).close();
    expect(client.closed).toBe(false);
  });
});

describe('accept', () => {
  it('gives out connections in the order they came, and tells from where', async () => {
    using listener = await Listener.open({ family: 'AF_INET', backlog: 8 });
    expect(listener.lastAccepted).toBeNull();
    const clients: Connection[] = [];
    for (let i = 0; i < 5; i++) {
      clients.push(await Client(listener.address));
      await clients[i]!.send(i);
    }
    for (let i = 0; i < 5; i++) {
      using conn = await listener.accept();
      expect(await conn.recv()).toBe(i);
      expect(listener.lastAccepted).toEqual(['127.0.0.1', expect.any(Number)]);
    }
    for (const client of clients) client.close();
  });

  it('several calls wait in order', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 8 });
    const accepting = Array.from({ length: 10 }, () => listener.accept());
    const clients = await Promise.all(accepting.map(() => Client(listener.address, { authkey: KEY })));
    const conns = await Promise.all(accepting);
    for (const conn of [...clients, ...conns]) conn.close();
  });

  it('ends with its timeout or its signal, and takes nobody along', async () => {
    using listener = await Listener.open();
    await expect(listener.accept({ timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(listener.accept({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(listener.accept({ timeout: NaN })).rejects.toBeInstanceOf(TypeError);
    const reason = new Error('enough');
    await expect(listener.accept({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = listener.accept({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    using client = await Client(listener.address);
    using conn = await listener.accept({ timeout: 0 });
    await conn.send('x');
    expect(await client.recv()).toBe('x');
  });

  it('a client that is authenticated after the call gave up is there for the next one', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const connecting = Client(listener.address, { authkey: KEY });
    await until(() => listener.accept({ timeout: 0 }).then((conn) => conn.close(), () => false).then((closed) => closed !== false), { what: 'an authenticated client' });
    (await connecting).close();
  });

  it('close ends waiting calls, turns clients away that were not accepted, and leaves accepted connections alone', async () => {
    const listener = await Listener.open({ authkey: KEY, backlog: 8 });
    const accepting = listener.accept();
    using client = await Client(listener.address, { authkey: KEY });
    using conn = await accepting;
    const waiting = [listener.accept(), listener.accept()].map((call) => call.catch((error: unknown) => error));
    await using silent = await RawPeer.connect(listener.address);
    await silent.frame();
    listener.close();
    for (const call of waiting) expect(await call).toBeInstanceOf(ClosedError);
    await silent.ended();
    await expect(listener.accept()).rejects.toBeInstanceOf(ClosedError);
    await conn.send('still');
    expect(await client.recv()).toBe('still');
  });

  it('iterates over connections until it is closed, past clients with a wrong key', async () => {
    const listener = await Listener.open({ authkey: KEY, backlog: 8 });
    const serving = (async () => {
      let count = 0;
      for await (const conn of listener) {
        count++;
        conn.close();
        if (count === 3) listener.close();
      }
      return count;
    })();
    (await Client(listener.address, { authkey: KEY })).close();
    await expect(Client(listener.address, { authkey: 'wrong' })).rejects.toBeInstanceOf(AuthenticationError);
    (await Client(listener.address, { authkey: KEY })).close();
    (await Client(listener.address, { authkey: KEY })).close();
    expect(await serving).toBe(3);
  });

  it('rejects for a wrong key with an error that does not have it', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept().catch((error: unknown) => error);
    const refused = await Client(listener.address, { authkey: 'a wrong one' }).catch((error: unknown) => error);
    const told = await accepting;
    for (const error of [refused, told]) {
      expect(error).toBeInstanceOf(AuthenticationError);
      const text = inspect(error, { showHidden: true, depth: Infinity });
      expect(text).not.toContain(KEY);
      expect(text).not.toContain('a wrong one');
    }
  });

  it('a listener without a key and a client with one: each is told what it may be', async () => {
    using listener = await Listener.open();
    const accepting = listener.accept();
    await expect(Client(listener.address, { authkey: KEY, timeout: 50 })).rejects.toThrow(/one side has a key and the other none/);
    (await accepting).close();
  });

  it('readiness is a client that knocks', async () => {
    using listener = await Listener.open();
    const readiness = (listener as unknown as Waitable)[READY]();
    expect(readiness.isReady(false)).toBe(false);
    using client = await Client(listener.address);
    expect(readiness.isReady(false)).toBe(true);
    expect(native().pollFd(readiness.fd!, READABLE, 0)).toBe(READABLE);
    (await listener.accept()).close();
    expect(readiness.isReady(false)).toBe(false);
    client.close();
    listener.close();
    expect(() => readiness.isReady(false)).toThrow(ClosedError);
  });
});

describe('clients that mean harm', () => {
  it('silent ones keep nobody waiting', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 64 });
    const accepting = listener.accept();
    const silent = await Promise.all(Array.from({ length: MOST - 1 }, () => RawPeer.connect(listener.address)));
    using client = await Client(listener.address, { authkey: KEY });
    using conn = await accepting;
    await conn.send('x');
    expect(await client.recv()).toBe('x');
    for (const peer of silent) await peer[Symbol.asyncDispose]();
  });

  it('no more than 64 are let in at a time; the others wait in the backlog until those are dropped', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 256, handshakeTimeout: 2000 });
    const accepting = listener.accept();
    const silent = await Promise.all(Array.from({ length: MOST + 30 }, () => RawPeer.connect(listener.address)));
    const greeted = (): number => silent.filter(({ received }) => received.length > 0).length;
    await until(() => greeted() === MOST, { what: '64 challenges' });
    for (let i = 0; i < 20; i++) await turn();
    expect(greeted()).toBe(MOST);
    // The deadline of the silent ones makes room.
    using client = await Client(listener.address, { authkey: KEY });
    using conn = await accepting;
    await conn.send('x');
    expect(await client.recv()).toBe('x');
    for (const peer of silent) await peer[Symbol.asyncDispose]();
  });

  it('a silent one is dropped after handshakeTimeout, and accept goes on waiting', async () => {
    using listener = await Listener.open({ authkey: KEY, handshakeTimeout: 1000 });
    const accepting = listener.accept();
    await using silent = await RawPeer.connect(listener.address);
    await silent.frame();
    await silent.ended();
    using client = await Client(listener.address, { authkey: KEY });
    (await accepting).close();
    expect(client.closed).toBe(false);
  });

  it('a flood of connections that end at once, or send garbage, leaves nothing and stops nobody', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 512, family: 'AF_INET' });
    const accepting = listener.accept();
    const leaks = leakCheck();
    for (let round = 0; round < 10; round++) {
      const peers = await Promise.all(Array.from({ length: 50 }, () => RawPeer.connect(listener.address)));
      for (const [index, peer] of peers.entries()) {
        if (index % 3 === 0) peer.write(Buffer.alloc(1000, index));
        if (index % 3 === 1) peer.socket.resetAndDestroy();
      }
      for (const peer of peers) await peer[Symbol.asyncDispose]();
    }
    using client = await Client(listener.address, { authkey: KEY });
    (await accepting).close();
    client.close();
    await leaks.settle();
  });

  it('a listener out of descriptors says so, and goes on when there are some again', async () => {
    using listener = await Listener.open({ backlog: 8 });
    using client = await Client(listener.address);
    const addon = native();
    const taken: number[] = [];
    // Up to the limit, which is read from the system and may be too high to reach.
    const limit = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))![1]);
    if (limit > 100_000) return;
    for (let fd = addon.dupSocket(0); fd >= 0; fd = addon.dupSocket(0)) taken.push(fd);
    const error = await listener.accept().catch((reason: unknown) => reason);
    for (const fd of taken) addon.closeSocket(fd);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain('EMFILE');
    using conn = await listener.accept();
    await conn.send('x');
    expect(await client.recv()).toBe('x');
  });
});
