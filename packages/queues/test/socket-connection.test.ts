import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { ClosedError, registerReducer, SerializationError, sharedBuffer, TimeoutError, transfer } from '@manycore/core';
import { native, READABLE, READY, type Waitable } from '@manycore/core/internal';
import { BrokenPipeError, BufferTooShortError, Client, ConnectionError, EOFError, Listener, Queue, type Connection } from '@manycore/queues';
import { leakCheck, spawnFixture, until, withSeed } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { socketPair, type SocketPair } from './socket-pair.js';

const MIB = 1024 * 1024;

class Point {
  constructor(readonly x: number) {}
}
registerReducer(Point, ({ x }) => x, (x: number) => new Point(x));

const pair = (family: string, authkey?: string): Promise<SocketPair> => socketPair({ family: family as 'AF_UNIX', authkey });

describe.each(['AF_UNIX', 'AF_INET'])('a connection over %s', (family) => {
  it('carries values both ways, in every form, in order', async () => {
    using both = await pair(family, 'key');
    const { here, there } = both;
    await here.send({ deep: [new Map([[1, new Date(5)]]), new RangeError('x')] });
    here.sendSync(undefined);
    await here.send(null);
    const first = (await there.recv()) as { deep: [Map<number, Date>, Error] };
    expect(first.deep[0].get(1)).toEqual(new Date(5));
    expect(first.deep[1]).toBeInstanceOf(RangeError);
    expect(there.recvSync()).toBeUndefined();
    expect(await there.recv()).toBeNull();
    there.sendSync('back');
    expect(here.recvSync()).toBe('back');
  });

  it('calls that wait keep their order, and a blocking call first completes those before it', async () => {
    using both = await pair(family);
    const { here, there } = both;
    const early = [here.recv(), here.recv({ timeout: 20_000 })];
    for (const value of [1, 2, 3]) there.sendSync(value);
    expect(here.recvSync()).toBe(3);
    expect(await Promise.all(early)).toEqual([1, 2]);
  });

  it('a blocking receive leaves the message that is on its way to the receive before it', async () => {
    using listener = await Listener.open({ family: family as 'AF_UNIX' });
    const worker = new Worker(new URL('./fixtures/socket-worker.mjs', import.meta.url), { workerData: { job: 'send-two', address: listener.address } });
    const ended = once(worker, 'exit');
    using conn = await listener.accept();
    const first = conn.recvBytes();
    expect(String(conn.recvBytesSync())).toBe('second');
    expect((await first).length).toBe(20 * MIB);
    await ended;
  });

  it('messages that came together with one that was taken stay with their connection', async () => {
    using one = await pair(family);
    using other = await pair(family);
    for (const value of ['a', 'b', 'c']) one.there.sendSync(value);
    expect(one.here.recvSync()).toBe('a');
    for (const value of ['x', 'y', 'z']) other.there.sendSync(value);
    expect(await other.here.recv()).toBe('x');
    expect(one.here.recvSync()).toBe('b');
    expect(other.here.recvSync()).toBe('y');
    expect(await one.here.recv()).toBe('c');
    expect(await other.here.recv()).toBe('z');
  });

  it('a blocking send comes after the sends that wait for room', async () => {
    using listener = await Listener.open({ family: family as 'AF_UNIX' });
    const worker = new Worker(new URL('./fixtures/socket-worker.mjs', import.meta.url), { workerData: { job: 'echo', address: listener.address } });
    const ended = once(worker, 'exit');
    const conn = await listener.accept();
    // More than the system holds in both directions: the first send waits until the other thread reads.
    const big = Buffer.alloc(3 * MIB, 1);
    const waiting = conn.sendBytes(big);
    const back: Buffer[] = [];
    const receiving = conn.recvBytes().then((bytes) => back.push(bytes));
    await Promise.all([waiting, receiving]);
    const second = conn.sendBytes(Buffer.alloc(100_000, 2));
    conn.sendBytesSync(Buffer.from('last'));
    await second;
    expect((await conn.recvBytes()).length).toBe(100_000);
    expect(String(conn.recvBytesSync())).toBe('last');
    expect(back[0]!.equals(big)).toBe(true);
    conn.sendBytesSync(Buffer.alloc(0));
    await ended;
    await expect(conn.recvBytes()).rejects.toBeInstanceOf(EOFError);
    conn.close();
  });

  it('whatever sizes are sent in whatever forms arrive whole and in order', async () => {
    await withSeed(async (random) => {
      using both = await pair(family);
      const sizes = Array.from({ length: 60 }, () => (random.float() < 0.2 ? random.integer(0, 2 * MIB) : random.integer(0, 40_000)));
      const sending = (async () => {
        for (const [index, size] of sizes.entries()) await both.there.sendBytes(Buffer.alloc(size, index));
      })();
      for (const [index, size] of sizes.entries()) {
        const got = await both.here.recvBytes();
        expect(got.length).toBe(size);
        expect(got.every((byte) => byte === index)).toBe(true);
      }
      await sending;
    });
  });

  it('sends are cloned at the call, also those that wait', async () => {
    using both = await pair(family);
    const filling = both.here.sendBytes(Buffer.alloc(8 * MIB));
    const value = { n: 1 };
    const bytes = Buffer.from('before');
    const sends = [both.here.send(value), both.here.sendBytes(bytes)];
    value.n = 2;
    bytes.write('after!');
    expect((await both.there.recvBytes()).length).toBe(8 * MIB);
    expect(await both.there.recv()).toEqual({ n: 1 });
    expect(String(await both.there.recvBytes())).toBe('before');
    await Promise.all([filling, ...sends]);
  });

  it('a send that gives up before its first byte is not sent', async () => {
    using both = await pair(family);
    const filling = both.here.sendBytes(Buffer.alloc(8 * MIB));
    await expect(both.here.send('late', { timeout: 20 })).rejects.toThrow(/there was no room/);
    expect(() => both.here.sendSync('late', { timeout: 20 })).toThrow(TimeoutError);
    const controller = new AbortController();
    const aborted = both.here.send('aborted', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(both.here.send('at once', { timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    const kept = both.here.send('kept');
    expect((await both.there.recvBytes()).length).toBe(8 * MIB);
    expect(await both.there.recv()).toBe('kept');
    await Promise.all([filling, kept]);
  });

  it.each(['promise', 'blocking', 'at once', 'abort'])('a send that gives up in the middle is completed in the background: %s', async (form) => {
    using both = await pair(family);
    const big = Buffer.alloc(20 * MIB, 3);
    const reason = new Error('enough');
    if (form === 'promise') await expect(both.here.sendBytes(big, 0, big.length, { timeout: 20 })).rejects.toThrow(/do not send it again/);
    if (form === 'blocking') expect(() => both.here.sendBytesSync(big, 0, big.length, { timeout: 20 })).toThrow(/do not send it again/);
    if (form === 'at once') await expect(both.here.sendBytes(big, 0, big.length, { timeout: 0 })).rejects.toThrow(/do not send it again/);
    if (form === 'abort') {
      const controller = new AbortController();
      const sending = both.here.sendBytes(big, 0, big.length, { signal: controller.signal });
      await turn();
      controller.abort(reason);
      await expect(sending).rejects.toBe(reason);
    }
    const next = both.here.send('next');
    expect((await both.there.recvBytes()).equals(big)).toBe(true);
    expect(await both.there.recv()).toBe('next');
    await next;
  });

  it('timeouts and signals end every call that waits, with nothing consumed', async () => {
    using both = await pair(family);
    const { here, there } = both;
    await expect(here.recv({ timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    await expect(here.recvBytes({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    expect(() => here.recvSync({ timeout: 20 })).toThrow(TimeoutError);
    expect(() => here.recvBytesIntoSync(Buffer.alloc(1), 0, { timeout: -1 })).toThrow(TimeoutError);
    expect(await here.poll()).toBe(false);
    expect(await here.poll({ timeout: 20 })).toBe(false);
    expect(here.pollSync({ timeout: 20 })).toBe(false);
    const controller = new AbortController();
    const calls = [here.recv({ signal: controller.signal }), here.poll({ signal: controller.signal, timeout: Infinity })];
    controller.abort(new Error('enough'));
    for (const call of calls) await expect(call).rejects.toThrow('enough');
    await expect(here.recv({ signal: controller.signal })).rejects.toThrow('enough');
    there.sendSync('there');
    expect(here.pollSync({ timeout: Infinity })).toBe(true);
    expect(await here.poll()).toBe(true);
    expect(await here.recv()).toBe('there');
  });

  it('recvBytesInto puts a message where it is wanted; one that does not fit is in the error', async () => {
    using both = await pair(family);
    const target = Buffer.alloc(8);
    both.there.sendBytesSync(Buffer.from('abc'));
    expect(await both.here.recvBytesInto(target, 2)).toBe(3);
    expect(target.toString('latin1', 2, 5)).toBe('abc');
    both.there.sendBytesSync(Buffer.from('0123456789'));
    const error = await both.here.recvBytesInto(target).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BufferTooShortError);
    expect(String((error as BufferTooShortError).data)).toBe('0123456789');
  });

  it('bytes of every kind are sent as they are, also from shared memory', async () => {
    using both = await pair(family);
    const source = Buffer.from('0123456789');
    const shared = new SharedArrayBuffer(10);
    new Uint8Array(shared).set(source);
    const own = new Uint8Array(source).buffer;
    for (const bytes of [source, shared, own, new DataView(own), new Uint8Array(shared), new Uint16Array(own)]) {
      both.here.sendBytesSync(bytes, 2, 5);
      expect(String(await both.there.recvBytes())).toBe('23456');
      await both.here.sendBytes(bytes);
      expect(both.there.recvBytesSync().equals(source)).toBe(true);
    }
  });

  it('processes that are started meanwhile do not inherit it', async () => {
    using both = await pair(family);
    await using other = spawnFixture(new URL('./fixtures/socket-program.mjs', import.meta.url), { args: ['accept-for-ever'] });
    await other.line('alive');
    both.there.close();
    await expect(both.here.recv()).rejects.toBeInstanceOf(EOFError);
  });

  it('what shares memory is refused, and nothing is sent', async () => {
    using both = await pair(family);
    for (const value of [new Queue(), [sharedBuffer(8)], both.there]) {
      await expect(both.here.send(value)).rejects.toBeInstanceOf(SerializationError);
      expect(() => both.here.sendSync(value)).toThrow(SerializationError);
    }
    both.here.sendSync('after');
    expect(await both.there.recv()).toBe('after');
  });

  it('transferred buffers are given away once the message is with the system', async () => {
    using both = await pair(family);
    const small = new Uint8Array(10);
    both.here.sendSync(transfer(small));
    expect(small.length).toBe(0);
    expect(await both.there.recv()).toEqual(new Uint8Array(10));
  });

  it('classes with a reducer that is registered here are rebuilt', async () => {
    using both = await pair(family);
    both.here.sendSync([new Point(3)]);
    const [point] = (await both.there.recv()) as [Point];
    expect(point).toBeInstanceOf(Point);
    expect(point.x).toBe(3);
  });

  it('close ends waiting calls with ClosedError; the other side takes what was sent, then reads the end of file', async () => {
    using both = await pair(family);
    const { here, there } = both;
    here.sendSync('last words');
    const waiting = [here.recv(), here.poll({ timeout: Infinity })].map((call) => call.catch((error: unknown) => error));
    here.close();
    here.close();
    for (const call of waiting) expect(await call).toBeInstanceOf(ClosedError);
    await expect(here.send(1)).rejects.toBeInstanceOf(ClosedError);
    expect(() => here.recvSync()).toThrow(ClosedError);
    expect(await there.recv()).toBe('last words');
    await expect(there.recv()).rejects.toBeInstanceOf(EOFError);
    expect(() => there.recvSync()).toThrow(EOFError);
    expect(await there.poll()).toBe(true);
    await until(
      () => {
        try {
          there.sendSync('x');
          return false;
        } catch (error) {
          return BrokenPipeError.isInstance(error);
        }
      },
      { what: 'sends to fail' },
    );
    await expect(there.send('x')).rejects.toBeInstanceOf(BrokenPipeError);
  });

  it('sends that wait fail when the other side closes', async () => {
    using both = await pair(family);
    const sending = [both.here.sendBytes(Buffer.alloc(20 * MIB)), both.here.send('behind')].map((call) => call.catch((error: unknown) => error));
    await turn();
    both.there.close();
    for (const call of sending) expect(await call).toBeInstanceOf(BrokenPipeError);
  });

  it('is iterable until the end of file', async () => {
    using both = await pair(family);
    for (let i = 0; i < 100; i++) both.there.sendSync(i);
    both.there.close();
    const got: unknown[] = [];
    for await (const value of both.here) got.push(value);
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('readiness is a message, or the end of file, and consumes nothing', async () => {
    using both = await pair(family);
    const readiness = (both.here as unknown as Waitable)[READY]();
    expect(readiness.fd).toBeTypeOf('number');
    expect(readiness.isReady(false)).toBe(false);
    both.there.sendSync('x');
    await until(() => readiness.isReady(false), { what: 'the message' });
    expect(await both.here.recv()).toBe('x');
    expect(readiness.isReady(false)).toBe(false);
    both.there.close();
    await until(() => readiness.isReady(false), { what: 'the end of file' });
  });

  it('shows its address, never its key', async () => {
    const secret = 'this is the secret';
    using both = await pair(family, secret);
    const text = inspect(both.here, { depth: Infinity, showHidden: true }) + inspect(both.there, { depth: Infinity, showHidden: true });
    expect(text).not.toContain(secret);
    expect(inspect(both.there)).toMatch(family === 'AF_UNIX' ? /^<Connection\(\/.*socket\)>$/ : /^<Connection\(127\.0\.0\.1:\d+\)>$/);
    both.here.close();
    expect(inspect(both.here)).toBe('<Connection(closed)>');
  });

  it('nothing is left: descriptors, handles of the event loop, files', async () => {
    using warm = await pair(family);
    warm.here.close();
    const leaks = leakCheck();
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 50; i++) {
      using both = await pair(family, i % 2 === 0 ? 'key' : undefined);
      both.here.sendSync(i);
      expect(await both.there.recv()).toBe(i);
      const waiting = both.here.recv().catch(() => undefined);
      both.here.close();
      await waiting;
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
    await leaks.settle();
  });

  it('a thread that is blocked in it can be terminated, and its descriptors go with it', async () => {
    using listener = await Listener.open({ family: family as 'AF_UNIX' });
    for (const job of ['block', 'fill']) {
      const worker = new Worker(new URL('./fixtures/socket-worker.mjs', import.meta.url), { workerData: { job, address: listener.address } });
      const blocks = once(worker, 'message');
      using conn = await listener.accept();
      await blocks;
      const { fd } = (conn as unknown as Waitable)[READY]();
      if (job === 'fill') await until(() => native().pollFd(fd!, READABLE, 0) !== 0, { what: 'the beginning of a message' });
      await worker.terminate();
      const error = await conn.recvBytes().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(EOFError);
      expect(String(error).includes('in the middle')).toBe(job === 'fill');
    }
  });
});

describe('connections nobody has any more', () => {
  it('are closed by the garbage collector, but not while a call waits', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    using listener = await Listener.open();
    let conn: Connection | undefined;
    const accepting = listener.accept();
    void Client(listener.address);
    conn = await accepting;
    const late: unknown[] = [];
    void conn.recv().then((value) => late.push(value), (error: unknown) => late.push(error));
    conn = undefined;
    // The client had no reference left either: its end is closed, and so the receive that still waits reads the end of file.
    await until(
      () => {
        collect();
        return late.length > 0;
      },
      { what: 'the unreferenced client to be closed' },
    );
    expect(late[0]).toBeInstanceOf(EOFError);
  });
});

describe('Client', () => {
  it('where nobody listens says so, with the cause of the system', async () => {
    for (const address of ['/tmp/manycore-nobody-here', ['127.0.0.1', 1] as [string, number]]) {
      const error = await Client(address).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(String(error)).toContain('open the listener first');
      expect((error as { cause: { code: string } }).cause.code).toMatch(/ENOENT|ECONNREFUSED/);
    }
  });

  it('a host that is not known is an error with its cause', async () => {
    const error = await Client(['no.such.host.invalid', 1]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  it.each([
    [5, undefined, TypeError],
    [['127.0.0.1'], undefined, TypeError],
    [['127.0.0.1', '80'], undefined, TypeError],
    [[7, 80], undefined, TypeError],
    [['127.0.0.1', -1], undefined, RangeError],
    [['127.0.0.1', 65_536], undefined, RangeError],
    [['127.0.0.1', 1.5], undefined, RangeError],
    ['', undefined, RangeError],
    ['/a\0b', undefined, RangeError],
    [`/${'x'.repeat(107)}`, undefined, RangeError],
    ['\\\\.\\pipe\\x', undefined, RangeError],
    ['/tmp/x', { family: 'AF_PIPE' }, RangeError],
    ['/tmp/x', { family: 'AF_INET6' }, RangeError],
    ['/tmp/x', { family: 3 }, TypeError],
    ['/tmp/x', { family: 'AF_INET' }, TypeError],
    [['127.0.0.1', 80], { family: 'AF_UNIX' }, TypeError],
    ['/tmp/x', { authkey: '' }, RangeError],
    ['/tmp/x', { authkey: new Uint8Array(0) }, RangeError],
    ['/tmp/x', { authkey: 5 }, TypeError],
    ['/tmp/x', { timeout: NaN }, TypeError],
    ['/tmp/x', { signal: {} }, TypeError],
    ['/tmp/x', { maxMessageBytes: -1 }, RangeError],
    ['/tmp/x', { maxMessageBytes: '1' }, TypeError],
    ['/tmp/x', null, TypeError],
  ])('refuses what does not fit: %j %j', async (address, options, expected) => {
    await expect(Client(address as never, options as never)).rejects.toBeInstanceOf(expected);
  });

  it('waits for a listener whose backlog is full, up to its timeout', async () => {
    using listener = await Listener.open();
    const clients: Connection[] = [];
    const error = await (async () => {
      for (;;) clients.push(await Client(listener.address, { timeout: 50 }));
    })().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    const waiting = Client(listener.address, { timeout: 20_000 });
    (await listener.accept()).close();
    using conn = await waiting;
    expect(conn.closed).toBe(false);
    for (const client of clients) client.close();
  });

  it('an aborted signal ends it with its reason, before and during', async () => {
    using listener = await Listener.open({ authkey: 'key' });
    const reason = new Error('enough');
    await expect(Client(listener.address, { authkey: 'key', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const connecting = Client(listener.address, { authkey: 'key', signal: controller.signal });
    await turn();
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
  });
});
