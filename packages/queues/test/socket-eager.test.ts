import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ClosedError, TimeoutError } from '@manycore/core';
import { native, UNIX } from '@manycore/core/internal';
import { AuthenticationError, Client, ConnectionError, EOFError, Listener, waitReady, type Address, type Connection } from '@manycore/queues';
import { leakCheck, spawnFixture, until } from '@manycore/testing';
import { describe, expect, it, vi } from 'vitest';
import { Reception } from '../src/socket/reception.js';
import { frame, RawPeer } from './raw-peer.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const KEY = 'k'.repeat(32);
const MOST = 64;
const descriptors = (): number => readdirSync('/proc/self/fd').length;

const wrong = async (address: Address): Promise<void> => {
  await expect(Client(address, { authkey: 'another' })).rejects.toBeInstanceOf(AuthenticationError);
};

const silentPeers = (count: number, address: Address): Promise<RawPeer[]> => Promise.all(Array.from({ length: count }, () => RawPeer.connect(address)));

const greeted = (peers: readonly RawPeer[]): number => peers.filter(({ received }) => received.length > 0).length;

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

describe('a listener with a key, while no accept waits', () => {
  it.each(['AF_UNIX', 'AF_INET'] as const)('authenticates: one program may connect first and accept then, %s', async (family) => {
    using listener = await Listener.open({ authkey: KEY, family });
    using client = await Client(listener.address, { authkey: KEY });
    await client.send('sent before accept');
    using conn = await listener.accept();
    expect(await conn.recv()).toBe('sent before accept');
    await conn.send('back');
    expect(await client.recv()).toBe('back');
    expect(listener.lastAccepted).toEqual(family === 'AF_UNIX' ? '' : ['127.0.0.1', expect.any(Number)]);
  });

  it('authenticates more clients than the backlog holds, and gives them out in their order', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 1 });
    const clients: Connection[] = [];
    for (let i = 0; i < 20; i++) {
      clients.push(await Client(listener.address, { authkey: KEY }));
      await clients[i]!.send(i);
    }
    for (let i = 0; i < 20; i++) {
      using conn = await listener.accept();
      expect(await conn.recv()).toBe(i);
    }
    for (const client of clients) client.close();
  });

  it('turns a wrong key away at once, and tells the next accept, in order with those that had the right one', async () => {
    using listener = await Listener.open({ authkey: KEY });
    using first = await Client(listener.address, { authkey: KEY });
    await waitReady([listener]);
    await wrong(listener.address);
    using last = await Client(listener.address, { authkey: KEY });
    await Promise.all([first.send('first'), last.send('last')]);
    using one = await listener.accept();
    const error = await listener.accept().catch((reason: unknown) => reason);
    using other = await listener.accept();
    expect(await one.recv()).toBe('first');
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(String(error)).toContain('has another authkey');
    expect(await other.recv()).toBe('last');
    await expect(listener.accept({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
  });

  it('keeps the error for a client that only knows the old handshake', async () => {
    using listener = await Listener.open({ authkey: KEY });
    await using peer = await RawPeer.connect(listener.address);
    await peer.frame();
    peer.write(frame(Buffer.alloc(16)));
    expect(String(await peer.frame())).toBe('#FAILURE#');
    await peer.ended();
    await expect(listener.accept({ timeout: 0 })).rejects.toThrow(/HMAC-MD5/);
  });

  it('holds no descriptor of a client that was turned away', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const before = descriptors();
    for (let i = 0; i < 10; i++) await wrong(listener.address);
    await until(() => descriptors() === before, { what: 'ten closed connections' });
    for (let i = 0; i < 10; i++) await expect(listener.accept()).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('drops who is silent, gone or sends nonsense, and tells nobody', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 8, handshakeTimeout: 200 });
    const [silent, gone, nonsense] = (await silentPeers(3, listener.address)) as [RawPeer, RawPeer, RawPeer];
    for (const peer of [silent, gone, nonsense]) await peer.frame();
    gone.socket.destroy();
    nonsense.write(frame('GET / HTTP/1.1'));
    for (const peer of [silent, nonsense]) await peer.ended();
    expect(await waitReady([listener], { timeout: 0 })).toEqual([]);
    await expect(listener.accept({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    for (const peer of [silent, gone, nonsense]) await peer[Symbol.asyncDispose]();
  });

  it('gives out a client that has ended meanwhile, with what it sent, as Python does', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const client = await Client(listener.address, { authkey: KEY });
    await client.send('last words');
    client.close();
    using conn = await listener.accept();
    expect(await conn.recv()).toBe('last words');
    await expect(conn.recv()).rejects.toBeInstanceOf(EOFError);
  });

  it('has no deadline for a client that is through with the handshake', async () => {
    using listener = await Listener.open({ authkey: KEY, handshakeTimeout: 300 });
    using client = await Client(listener.address, { authkey: KEY });
    await waitReady([listener]);
    // When this one is dropped, the time of the other has passed too.
    await using silent = await RawPeer.connect(listener.address);
    await silent.ended();
    using conn = await listener.accept({ timeout: 0 });
    await conn.send('x');
    expect(await client.recv()).toBe('x');
  });

  it('lets in no more than 64 that are silent, and the next ones as those end', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 256 });
    const first = await silentPeers(MOST, listener.address);
    await until(() => greeted(first) === MOST, { what: '64 challenges' });
    const more = await silentPeers(10, listener.address);
    await turns(20);
    expect(greeted(more)).toBe(0);
    for (const peer of first.splice(0, 3)) await peer[Symbol.asyncDispose]();
    await until(() => greeted(more) === 3, { what: 'three more challenges' });
    await turns(20);
    expect(greeted(more)).toBe(3);
    for (const peer of [...first, ...more]) await peer[Symbol.asyncDispose]();
  });

  it('keeps no more than 64 that are authenticated or to be told of, and lets in one for each accept', async () => {
    using listener = await Listener.open({ authkey: KEY, backlog: 256 });
    const clients: Connection[] = [];
    for (let i = 0; i < MOST; i++) {
      if (i % 2 === 0) clients.push(await Client(listener.address, { authkey: KEY }));
      else await wrong(listener.address);
    }
    const more = await silentPeers(3, listener.address);
    await turns(20);
    expect(greeted(more)).toBe(0);
    (await listener.accept()).close();
    await until(() => greeted(more) === 1, { what: 'a challenge in the place of a connection' });
    await expect(listener.accept()).rejects.toBeInstanceOf(AuthenticationError);
    await until(() => greeted(more) === 2, { what: 'a challenge in the place of an error' });
    await turns(20);
    expect(greeted(more)).toBe(2);
    for (const client of clients) client.close();
    for (const peer of more) await peer[Symbol.asyncDispose]();
  });

  it('closes them all when it is closed', async () => {
    const leaks = leakCheck();
    const listener = await Listener.open({ authkey: KEY, backlog: 256 });
    const clients = await Promise.all(Array.from({ length: 3 }, () => Client(listener.address, { authkey: KEY })));
    await wrong(listener.address);
    const silent = await silentPeers(MOST, listener.address);
    await until(() => greeted(silent) === MOST - 4, { what: 'the listener to be full' });
    listener.close();
    for (const client of clients) {
      await expect(client.recv()).rejects.toBeInstanceOf(EOFError);
      client.close();
    }
    for (const peer of silent) await peer.ended();
    await expect(listener.accept()).rejects.toBeInstanceOf(ClosedError);
    for (const peer of silent) await peer[Symbol.asyncDispose]();
    await leaks.settle();
  });

  it('without a key nothing is taken from the system before it is asked for', async () => {
    using listener = await Listener.open({ backlog: 8 });
    const before = descriptors();
    using client = await Client(listener.address);
    await turns(20);
    expect(descriptors()).toBe(before + 1);
    using conn = await listener.accept();
    expect(descriptors()).toBe(before + 2);
    expect([client.closed, conn.closed]).toEqual([false, false]);
  });

  it('keeps no program alive, neither idle nor with clients that wait for accept or are silent', async () => {
    const start = (job: string): ReturnType<typeof spawnFixture> => spawnFixture(new URL('./fixtures/socket-program.mjs', import.meta.url), { args: [job, '""', KEY] });
    await using idle = start('listen-and-end');
    await idle.succeeded();
    await using other = start('listen-until-visited');
    const address = await other.line(/^\//);
    await using silent = await RawPeer.connect(address);
    await silent.frame();
    using client = await Client(address, { authkey: KEY });
    await other.succeeded();
    await expect(client.recv()).rejects.toBeInstanceOf(EOFError);
    await silent.ended();
  });

  it('is closed by the garbage collector when nobody has it, with the clients that wait for accept; a silent one does not hold it', async () => {
    const open = async (): Promise<Address> => {
      const listener = await Listener.open({ authkey: KEY, family: 'AF_INET' });
      return listener.address;
    };
    const address = await open();
    using client = await Client(address, { authkey: KEY });
    await using silent = await RawPeer.connect(address);
    await silent.frame();
    const late: unknown[] = [];
    void client.recv().catch((error: unknown) => late.push(error));
    const isOver = (): boolean => {
      collect();
      return late.length > 0;
    };
    await until(isOver, { what: 'the unreferenced listener to be closed' });
    expect(late[0]).toBeInstanceOf(EOFError);
    expect(silent.hasEnded).toBe(false);
    await until(() => Client(address, { authkey: KEY }).then(() => false, (error: unknown) => ConnectionError.isInstance(error)), { what: 'nobody to listen' });
  });

  it('is held by whoever waits for it', async () => {
    const accepted: Connection[] = [];
    const open = async (how: 'accept' | 'waitReady'): Promise<Address> => {
      const listener = await Listener.open({ authkey: KEY, family: 'AF_INET' });
      const ready = how === 'accept' ? Promise.resolve() : waitReady([listener]);
      void ready.then(async () => {
        accepted.push(await listener.accept());
        listener.close();
      });
      return listener.address;
    };
    const addresses = [await open('accept'), await open('waitReady')];
    for (let i = 0; i < 10; i++) {
      collect();
      await turn();
    }
    const clients = await Promise.all(addresses.map((address) => Client(address, { authkey: KEY })));
    await until(() => accepted.length === 2, { what: 'both to be accepted' });
    for (const conn of [...clients, ...accepted]) conn.close();
  });
});

/** A reception of this program's own copy of the sources, so that it can be seen when the event loop calls it. */
function reception(backlog: number): { reception: Reception; connect: () => number } & Disposable {
  const place = Buffer.from(`\0manycore-test-eager-${process.pid}`);
  const fd = native().listenSocket(UNIX, place, backlog);
  const own = new Reception(fd, { family: UNIX, where: 'test', key: Buffer.from(KEY), maxMessageBytes: 1024, handshakeMs: 60_000 });
  return {
    reception: own,
    connect: () => native().connectSocket(UNIX, place),
    [Symbol.dispose]: () => own.close(() => new ClosedError('closed')),
  };
}

describe('the event loop', () => {
  it('is not kept busy by clients that a full listener leaves in the backlog', async () => {
    const onReady = vi.spyOn(Reception.prototype, 'onReady');
    try {
      using own = reception(256);
      const fds = Array.from({ length: MOST }, () => own.connect());
      await until(() => onReady.mock.calls.length > 0, { what: 'the listener to be full' });
      await turns(20);
      fds.push(...Array.from({ length: 5 }, () => own.connect()));
      onReady.mockClear();
      await turns(100);
      // Once to find that it is full.
      expect(onReady.mock.calls.length).toBeLessThanOrEqual(1);
      for (const fd of fds) native().closeSocket(fd);
    } finally {
      onReady.mockRestore();
    }
  });

  // Up to the limit, which is read from the system and may be too high to reach.
  const limit = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))![1]);

  it.skipIf(limit > 100_000)('is not kept busy while no descriptor is left: the listener asks again after a pause, and an accept is told', async () => {
    const onReady = vi.spyOn(Reception.prototype, 'onReady');
    const onPauseOver = vi.spyOn(Reception.prototype, 'onPauseOver');
    const addon = native();
    const taken: number[] = [];
    try {
      using own = reception(8);
      for (let fd = addon.dupSocket(0); fd >= 0; fd = addon.dupSocket(0)) taken.push(fd);
      addon.closeSocket(taken.pop()!);
      const visitor = own.connect();
      await until(() => onPauseOver.mock.calls.length >= 3, { what: 'three pauses' });
      // Once before each pause, and perhaps before the one that is on.
      expect(onReady.mock.calls.length).toBeLessThanOrEqual(onPauseOver.mock.calls.length + 1);
      await until(() => own.reception.isReady, { what: 'a pause' });
      await expect(own.reception.accept(Infinity, undefined)).rejects.toThrow(/EMFILE/);
      for (const fd of taken.splice(0)) addon.closeSocket(fd);
      // It goes on by itself.
      const challenge = Buffer.alloc(11);
      await until(() => addon.readSocket(visitor, challenge, 0, 4) === 4 && addon.readSocket(visitor, challenge, 0, 11) === 11, { what: 'a challenge' });
      expect(String(challenge)).toBe('#CHALLENGE#');
      expect(own.reception.isReady).toBe(false);
      addon.closeSocket(visitor);
    } finally {
      for (const fd of taken) addon.closeSocket(fd);
      onReady.mockRestore();
      onPauseOver.mockRestore();
    }
  });

  it.skipIf(limit > 100_000)('waitReady takes a listener that the system refuses a connection for ready: accept does not wait, but rejects', async () => {
    using listener = await Listener.open({ authkey: KEY, address: `\0manycore-test-refused-${process.pid}` });
    const addon = native();
    const taken: number[] = [];
    const waiting = waitReady([listener]);
    for (let fd = addon.dupSocket(0); fd >= 0; fd = addon.dupSocket(0)) taken.push(fd);
    addon.closeSocket(taken.pop()!);
    const visitor = addon.connectSocket(UNIX, Buffer.from(listener.address as string));
    const ready = await waiting;
    const error = await listener.accept().catch((reason: unknown) => reason);
    for (const fd of [visitor, ...taken]) addon.closeSocket(fd);
    expect(ready).toEqual([listener]);
    expect(error).toBeInstanceOf(ConnectionError);
    using client = await Client(listener.address, { authkey: KEY });
    (await listener.accept()).close();
    expect(client.closed).toBe(false);
  });
});
