import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { ClosedError, InvalidStateError, TimeoutError } from '@manycore/core';
import { native, session } from '@manycore/core/internal';
import { AuthenticationError, Client, ConnectionError, EOFError, JoinableQueue, Listener, MessageTooLongError, Pipe, Queue, SimpleQueue, waitReady, type Connection } from '@manycore/queues';
import { spawnFixture, until } from '@manycore/testing';
import { describe, expect, it, vi } from 'vitest';
import { RawPeer } from './raw-peer.js';
import { socketPair, writtenConnection } from './socket-pair.js';
import { workerCalling } from './worker-calling.js';

const KEY = 'k'.repeat(32);

const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** A descriptor that becomes readable, by means of the system only. */
function systemPipe(): { reader: number; writer: number } & Disposable {
  const [reader, writer] = native().pipe() as [number, number];
  return {
    reader,
    writer,
    [Symbol.dispose]() {
      native().close(reader);
      native().close(writer);
    },
  };
}

interface Case extends Disposable {
  readonly subject: Parameters<typeof waitReady>[0] extends Iterable<infer S> ? S : never;
  makeReady(): void | Promise<void>;
}

const nothing = (): void => undefined;
const cases: Record<string, () => Case | Promise<Case>> = {
  'a pipe with a message': () => {
    const [reader, writer] = Pipe({ duplex: false });
    return { subject: reader, makeReady: () => writer.sendSync(1), [Symbol.dispose]: () => [reader, writer].forEach((end) => end.close()) };
  },
  'a pipe with bytes': () => {
    const [a, b] = Pipe();
    return { subject: a, makeReady: () => b.sendBytesSync(Buffer.alloc(0)), [Symbol.dispose]: () => [a, b].forEach((end) => end.close()) };
  },
  'a pipe at its end': () => {
    const [a, b] = Pipe();
    return { subject: a, makeReady: () => b.close(), [Symbol.dispose]: () => a.close() };
  },
  'a queue with an item': () => {
    const q = new Queue();
    return { subject: q, makeReady: () => q.putSync(undefined), [Symbol.dispose]: nothing };
  },
  'a queue that is shut down': () => {
    const q = new Queue();
    return { subject: q, makeReady: () => q.shutdown(), [Symbol.dispose]: nothing };
  },
  'a SimpleQueue with an item': () => {
    const q = new SimpleQueue<number>();
    return { subject: q, makeReady: () => q.putSync(1), [Symbol.dispose]: nothing };
  },
  'a JoinableQueue with an item': () => {
    const q = new JoinableQueue<number>();
    return { subject: q, makeReady: () => q.putSync(1), [Symbol.dispose]: nothing };
  },
  'a descriptor with something to read': () => {
    const pipe = systemPipe();
    return { subject: pipe.reader, makeReady: () => void native().ringBell(pipe.writer), [Symbol.dispose]: () => pipe[Symbol.dispose]() };
  },
  'a listener with a visitor': async () => {
    const listener = await Listener.open();
    let visitor: Promise<Connection> | undefined;
    return {
      subject: listener,
      makeReady() {
        visitor = Client(listener.address);
        visitor.catch(nothing);
      },
      [Symbol.dispose]() {
        listener.close();
        void visitor?.then((connection) => connection.close(), nothing);
      },
    };
  },
  'a listener with a key and a visitor that has it': async () => {
    const listener = await Listener.open({ authkey: KEY });
    let visitor: Promise<Connection> | undefined;
    return {
      subject: listener,
      makeReady() {
        visitor = Client(listener.address, { authkey: KEY });
        visitor.catch(nothing);
      },
      [Symbol.dispose]() {
        listener.close();
        void visitor?.then((connection) => connection.close(), nothing);
      },
    };
  },
  'a socket with a message': async () => {
    const pair = await socketPair();
    return { subject: pair.here, makeReady: () => pair.there.sendSync(1), [Symbol.dispose]: () => pair[Symbol.dispose]() };
  },
};

describe.each(Object.entries(cases))('waitReady for %s', (_name, make) => {
  it('is told at once when it is ready already, and each time again: nothing is taken', async () => {
    using it = await make();
    await it.makeReady();
    expect(await waitReady([it.subject])).toEqual([it.subject]);
    expect(await waitReady([it.subject], { timeout: 0 })).toEqual([it.subject]);
    expect(await waitReady([it.subject], { timeout: 0 })).toEqual([it.subject]);
  });

  it('is told when it becomes ready while it waits', async () => {
    using it = await make();
    const waiting = waitReady([it.subject]);
    let isOver = false;
    void waiting.then(() => (isOver = true));
    await turn();
    expect(isOver).toBe(false);
    await it.makeReady();
    expect(await waiting).toEqual([it.subject]);
  });

  it('gets nothing when the time is up, and leaves nothing behind, in whatever way it ends', async () => {
    using it = await make();
    expect(await waitReady([it.subject], { timeout: 0 })).toEqual([]);
    const before = descriptors();
    expect(await waitReady([it.subject], { timeout: 5 })).toEqual([]);
    const reason = new Error('enough');
    const controller = new AbortController();
    const aborted = waitReady([it.subject], { signal: controller.signal });
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(waitReady([it.subject], { signal: controller.signal })).rejects.toBe(reason);
    expect(descriptors()).toBe(before);
    await it.makeReady();
    expect(await waitReady([it.subject])).toEqual([it.subject]);
  });
});

describe('waitReady', () => {
  it('returns at once for an empty list', async () => {
    expect(await waitReady([])).toEqual([]);
    expect(await waitReady(new Set<Queue>(), { timeout: 0 })).toEqual([]);
  });

  it('returns all that are ready, in the order given, one that was given twice twice', async () => {
    using pipe = systemPipe();
    const queues = Array.from({ length: 5 }, () => new Queue<number>());
    const [a, b] = Pipe();
    queues[1]!.putSync(1);
    queues[3]!.shutdown();
    native().ringBell(pipe.writer);
    b.sendSync('x');
    const [q0, q1, q2, q3, q4] = queues as [Queue<number>, Queue<number>, Queue<number>, Queue<number>, Queue<number>];
    expect(await waitReady([q3, a, q0, pipe.reader, q2, q1, q4, a, q1, b])).toEqual([q3, a, pipe.reader, q1, a, q1]);
    a.close();
    b.close();
  });

  it('returns one that becomes ready as often as it was given, and a second object over the same queue too', async () => {
    const q = new Queue<unknown>();
    q.putSync(q);
    const other = q.getSync() as Queue;
    const idle = new Queue();
    const waiting = waitReady([q, idle, other, q]);
    await turn();
    q.putSync(1);
    expect(await waiting).toEqual([q, other, q]);
  });

  it('lets an item be gotten by who waited for it before, and goes on waiting', async () => {
    const q = new Queue<number>();
    const got = q.get();
    const waiting = waitReady([q]);
    q.putSync(1);
    expect(await got).toBe(1);
    q.putSync(2);
    expect(await waiting).toEqual([q]);
    expect(q.getSync()).toBe(2);
  });

  it('passes the wake-up on: a getter of another thread gets the item', async () => {
    const q = new Queue<number>();
    await using worker = await workerCalling({ q });
    const ring = vi.spyOn(session().kernel, 'ring');
    try {
      for (let round = 0; round < 20; round++) {
        const got = worker.call('q', 'get');
        await until(() => q.inspect().getters.length === 1, { what: 'the worker waits' });
        const waiting = waitReady([q]);
        ring.mockClear();
        q.putSync(round);
        // The lowest slot is rung first, which is this thread's.
        expect(ring.mock.calls.map(([slot]) => slot)).toEqual([session().kernel.slot]);
        const seen = { isReady: false };
        const ready = waiting.then((objects) => {
          seen.isReady = true;
          expect(objects).toEqual([q]);
        });
        expect(await got).toBe(round);
        // The worker may have looked by itself, at the end of a slice, before this thread did: then nothing was there to be told of.
        if (seen.isReady) expect(ring.mock.calls.length).toBe(2);
        else q.putSync(-1);
        await ready;
        if (!q.empty()) expect(q.getSync()).toBe(-1);
      }
    } finally {
      ring.mockRestore();
    }
  });

  it('passes on a wake-up for one object that came while another one ended the wait', async () => {
    const [first, second] = [new Queue<number>(), new Queue<number>()];
    await using worker = await workerCalling({ second });
    const got = worker.call('second', 'get');
    await until(() => second.inspect().getters.length === 1, { what: 'the worker waits' });
    const waiting = waitReady([first, second]);
    first.putSync(1);
    second.putSync(2);
    expect(await waiting).toContain(first);
    expect(await got).toBe(2);
    expect(first.getSync()).toBe(1);
  });

  it('finds the ready ones of a thousand pipes', async () => {
    const pipes = Array.from({ length: 1000 }, () => Pipe<number>({ duplex: false }));
    const readers = pipes.map(([reader]) => reader);
    expect(await waitReady(readers, { timeout: 0 })).toEqual([]);
    for (const index of [999, 0, 500]) {
      const waiting = waitReady(readers);
      await turn();
      pipes[index]![1].sendSync(index);
      expect(await waiting).toEqual([readers[index]]);
      expect(readers[index]!.recvSync()).toBe(index);
    }
    for (const index of [7, 3, 900]) pipes[index]![1].sendSync(index);
    expect(await waitReady(readers)).toEqual([readers[3], readers[7], readers[900]]);
    for (const ends of pipes) for (const end of ends) end.close();
  });

  it('waits for two hundred descriptors at once, and gives its own back', async () => {
    const pipes = Array.from({ length: 200 }, () => systemPipe());
    const before = descriptors();
    const waiting = waitReady(pipes.map(({ reader }) => reader));
    await turn();
    expect(descriptors()).toBeGreaterThanOrEqual(before + 200);
    native().ringBell(pipes[42]!.writer);
    expect(await waiting).toEqual([pipes[42]!.reader]);
    expect(descriptors()).toBe(before);
    for (const pipe of pipes) pipe[Symbol.dispose]();
  });

  it('waits for what a descriptor was, also when it is closed meanwhile', async () => {
    const [reader, writer] = native().pipe() as [number, number];
    const waiting = waitReady([reader]);
    native().close(reader);
    await turn();
    native().ringBell(writer);
    expect(await waiting).toEqual([reader]);
    native().close(writer);
  });

  it('rejects with ClosedError when an object is closed while it waits for it, behind whatever else waits', async () => {
    const listener = await Listener.open();
    const [accepted, client] = await Promise.all([listener.accept(), Client(listener.address)]);
    const [a, b] = Pipe();
    const idle = new Queue();
    const keyed = await Listener.open({ authkey: KEY });
    for (const one of [a, new Queue(), new SimpleQueue(), new JoinableQueue(), accepted, listener, keyed]) {
      const waiting = waitReady([idle, one, one]);
      one.close();
      await expect(waiting).rejects.toThrow(ClosedError);
      await expect(waiting).rejects.toThrow(/^(Connection|Queue|SimpleQueue|JoinableQueue|Listener)\.waitReady: this [a-z ]+ was closed/);
      await expect(waitReady([one])).rejects.toThrow(ClosedError);
    }
    idle.putSync(1);
    expect(await waitReady([idle])).toEqual([idle]);
    b.close();
    client.close();
  });

  it('rejects with InvalidStateError when another call finds a message too long while it waits: nothing is received there any more', async () => {
    const pair = await socketPair();
    const [a, b] = Pipe();
    for (const [here, there] of [[a, b], [pair.here, pair.there]] as const) {
      const waiting = waitReady([here]);
      await turn();
      there.sendBytesSync(Buffer.alloc(100));
      expect(() => here.recvBytesSync({ maxLength: 5 })).toThrow(MessageTooLongError);
      await expect(waiting).rejects.toThrow(InvalidStateError);
      here.close();
      there.close();
    }
  });

  it('counts what came while the thread was busy, also when the time is up', async () => {
    using pair = await socketPair();
    for (let round = 0; round < 10; round++) {
      const waiting = waitReady([pair.here], { timeout: 1 });
      pair.there.sendSync(round);
      for (const end = performance.now() + 2; performance.now() < end; );
      expect(await waiting).toEqual([pair.here]);
      expect(pair.here.recvSync()).toBe(round);
    }
  });

  it('refuses a descriptor that is not open', async () => {
    await expect(waitReady([1_000_000])).rejects.toThrow(ClosedError);
    await expect(waitReady([new Queue(), 1_000_000])).rejects.toThrow(/1000000 is not open/);
  });

  it('refuses a connection that only writes', async () => {
    const [reader, writer] = Pipe({ duplex: false });
    await expect(waitReady([reader, writer])).rejects.toThrow(InvalidStateError);
    reader.close();
    writer.close();
  });

  it.each([[undefined], [null], [{}], ['x'], [-1], [1.5], [NaN], [new Promise(nothing)], [Symbol('s')]])('refuses to wait for %s, and says what it can wait for', async (bad) => {
    await expect(waitReady([new Queue(), bad as never])).rejects.toThrow(TypeError);
    await expect(waitReady([bad as never])).rejects.toThrow(/connections, listeners, queues, events, and sentinels/);
  });

  it('refuses what is no list, and options that are none', async () => {
    for (const bad of [undefined, null, 5, 'list', new Queue()]) await expect(waitReady(bad as never)).rejects.toThrow(TypeError);
    for (const bad of [{ timeout: NaN }, { timeout: '1' }, { signal: {} }, 5]) await expect(waitReady([], bad as never)).rejects.toThrow(TypeError);
  });

  it('takes the end of a pipe for ready, and what is left before it', async () => {
    const [reader, writer] = Pipe<number>({ duplex: false });
    writer.sendSync(1);
    writer.close();
    expect(await waitReady([reader])).toEqual([reader]);
    expect(reader.recvSync()).toBe(1);
    expect(await waitReady([reader])).toEqual([reader]);
    expect(() => reader.recvSync()).toThrow(EOFError);
    reader.close();
  });

  it('keeps the event loop alive while it waits, uses no CPU for a thousand pipes, and lets the program end', async () => {
    await using program = spawnFixture(new URL('./fixtures/idle-ready.mjs', import.meta.url));
    await program.succeeded();
    const { stdout } = await program.done;
    const { isIt, ms } = JSON.parse(stdout) as { isIt: boolean; ms: number };
    expect(isIt).toBe(true);
    // In three seconds; a look at a thousand pipes every 50 ms would take more.
    expect(ms).toBeLessThanOrEqual(40);
  });
});

describe('waitReady over a listener with a key', () => {
  it('is not told of a client that is silent or has ended, but of one that is authenticated', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const waiting = waitReady([listener]);
    let isOver = false;
    void waiting.then(() => (isOver = true));
    await using silent = await RawPeer.connect(listener.address);
    await silent.frame();
    await using gone = await RawPeer.connect(listener.address);
    await gone.frame();
    gone.socket.destroy();
    for (let i = 0; i < 20; i++) await turn();
    expect(isOver).toBe(false);
    expect(await waitReady([listener], { timeout: 0 })).toEqual([]);
    using client = await Client(listener.address, { authkey: KEY });
    expect(await waiting).toEqual([listener]);
    (await listener.accept({ timeout: 0 })).close();
    expect(client.closed).toBe(false);
    expect(await waitReady([listener], { timeout: 0 })).toEqual([]);
  });

  it('is told of a client with a wrong key: accept does not wait, but rejects', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const waiting = waitReady([listener]);
    await expect(Client(listener.address, { authkey: 'another' })).rejects.toBeInstanceOf(AuthenticationError);
    expect(await waiting).toEqual([listener]);
    await expect(listener.accept({ timeout: 0 })).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('every one that waits is told, and one whose client an accept gets is not', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const idle = new Queue();
    const waiting = [waitReady([listener]), waitReady([idle, listener, listener])];
    let isOver = false;
    void Promise.race(waiting).then(() => (isOver = true));
    const accepting = listener.accept();
    using first = await Client(listener.address, { authkey: KEY });
    (await accepting).close();
    for (let i = 0; i < 20; i++) await turn();
    expect(isOver).toBe(false);
    using second = await Client(listener.address, { authkey: KEY });
    expect(await Promise.all(waiting)).toEqual([[listener], [listener, listener]]);
    expect([first.closed, second.closed]).toEqual([false, false]);
  });
});

describe('waitReady over a connection from which another call of this thread reads ahead', () => {
  const ONE = [0, 0, 0, 1, 7];

  it.each<[string, (conn: Connection) => unknown]>([
    ['poll', (conn) => conn.poll()],
    ['pollSync', (conn) => conn.pollSync()],
    ['recvBytes, which takes the first of two', (conn) => conn.recvBytes()],
    ['recvBytesSync, which takes the first of two', (conn) => conn.recvBytesSync()],
    ['another waitReady', (conn) => waitReady([conn], { timeout: 0 })],
  ])('finds what was read by %s', async (_call, read) => {
    using pair = await writtenConnection();
    const waiting = waitReady([pair.conn]);
    await turn();
    pair.write(...ONE, ...ONE);
    const done = read(pair.conn);
    expect(await waiting).toEqual([pair.conn]);
    await done;
    expect(await pair.conn.recvBytes()).toEqual(Buffer.of(7));
  });

  it.each<[string, (conn: Connection) => Promise<unknown>]>([
    ['poll', (conn) => conn.poll({ timeout: Infinity })],
    ['recvBytes, which takes the first of two', (conn) => conn.recvBytes()],
  ])('finds what was read by %s that waited before it', async (_call, read) => {
    using pair = await writtenConnection();
    const reading = read(pair.conn);
    const waiting = waitReady([pair.conn]);
    await turn();
    pair.write(...ONE, ...ONE);
    await reading;
    expect(await waiting).toEqual([pair.conn]);
  });

  it('finds the rest of a message whose beginning was read by calls that gave up', async () => {
    using pair = await writtenConnection();
    const controller = new AbortController();
    const aborted = pair.conn.recv({ signal: controller.signal });
    const waiting = waitReady([pair.conn]);
    await turn();
    pair.write(...ONE.slice(0, 3));
    expect(pair.conn.pollSync()).toBe(false);
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(pair.conn.recv({ timeout: 1 })).rejects.toThrow(TimeoutError);
    pair.write(...ONE.slice(3));
    expect(pair.conn.pollSync()).toBe(true);
    expect(await waiting).toEqual([pair.conn]);
    expect(await pair.conn.recvBytes()).toEqual(Buffer.of(7));
  });

  it('finds that what was read is no message', async () => {
    using pair = await writtenConnection();
    const waiting = waitReady([pair.conn]);
    await turn();
    pair.write(0xff, 0xff, 0xff, 0xf9);
    expect(pair.conn.pollSync()).toBe(true);
    expect(await waiting).toEqual([pair.conn]);
    expect(() => pair.conn.recvSync()).toThrow(ConnectionError);
  });
});
