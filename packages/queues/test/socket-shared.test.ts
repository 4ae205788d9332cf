import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ClosedError, InvalidStateError, SerializationError } from '@manycore/core';
import { encode, native, session, SHARE, type Block, type Shareable } from '@manycore/core/internal';
import { ConnectionError, EOFError, Listener, MessageTooLongError, Pipe, Queue, QueueFullError, waitReady, type Connection } from '@manycore/queues';
import { spawnFixture, until, type Fixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import type { DepositKey } from '../src/socket/deposit.js';
import { pythons } from './python-peer.js';
import { socketPair } from './socket-pair.js';
import { workerCalling } from './worker-calling.js';

const MIB = 1024 * 1024;
const { ENOENT, EPERM, ETIMEDOUT, ECONNREFUSED } = constants.errno;

/** The same connection once more, as it arrives somewhere else. */
function copyOf(connection: Connection): Connection {
  const queue = new Queue<Connection>();
  queue.putSync(connection);
  return queue.getSync();
}

const sockets = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      // The descriptor of the directory itself.
      return false;
    }
  }).length;

/** After the first one, which also starts the server. */
async function socketsInUse(): Promise<number> {
  using pair = await socketPair();
  copyOf(pair.here).close();
  pair[Symbol.dispose]();
  let before = -1;
  await until(
    () => {
      const now = sockets();
      const isStable = now === before;
      before = now;
      return isStable;
    },
    { what: 'the number of sockets to stay' },
  );
  return before;
}

/** As when the garbage collector finds it. */
function drop(queue: Queue): void {
  session().heap.release((queue as Shareable)[SHARE]().block as Block);
}

const backTo = (count: number): Promise<true> => until(() => sockets() <= count, { what: `${count} sockets again, there are ${sockets()}` }) as Promise<true>;

/** What a message about this connection would carry. The deposit lasts as long as the job, or until it is released. */
function depositOf(connection: Connection): DepositKey & Disposable {
  const { block, state } = (connection as unknown as Shareable)[SHARE]();
  const { heap } = session();
  const holds = heap.holdAll([block]);
  return { ...(state as { key: DepositKey }).key, [Symbol.dispose]: () => heap.releaseAll(holds) };
}

describe.each(['AF_UNIX', 'AF_INET'] as const)('a copy of a connection over %s', (family) => {
  it('does all that the original does, which stays usable', async () => {
    using pair = await socketPair({ family });
    const { here, there } = pair;
    using copy = copyOf(here);
    expect([copy.readable, copy.writable, copy.closed]).toEqual([true, true, false]);
    expect(inspect(copy)).toBe(inspect(here));
    await copy.send({ from: 'copy' });
    here.sendSync({ from: 'original' });
    expect([await there.recv(), there.recvSync()]).toEqual([{ from: 'copy' }, { from: 'original' }]);
    expect(await copy.poll()).toBe(false);
    const waiting = waitReady([copy]);
    await there.sendBytes(Buffer.from('bytes'));
    expect(await waiting).toEqual([copy]);
    expect(String(await copy.recvBytes())).toBe('bytes');
    there.sendSync(1);
    expect(here.recvSync()).toBe(1);
    const long = Buffer.alloc(8 * MIB, 'x');
    const [got] = await Promise.all([copy.recvBytes(), there.sendBytes(long)]);
    expect(got.equals(long)).toBe(true);
  });

  it('keeps the connection open until all of them are closed', async () => {
    using pair = await socketPair({ family });
    const { here, there } = pair;
    const [first, second] = [copyOf(here), copyOf(here)];
    here.close();
    first.close();
    const receiving = there.recv().catch((error: unknown) => error);
    second.sendSync('still here');
    expect(await receiving).toBe('still here');
    second.close();
    await expect(there.recv()).rejects.toBeInstanceOf(EOFError);
  });
});

describe('a copy', () => {
  it('takes over the limit of a message, and the end of writing', async () => {
    using pair = await socketPair({ maxMessageBytes: 1000 });
    using copy = copyOf(pair.here);
    pair.here.toNode().end();
    using ended = copyOf(copyOf(pair.here));
    expect([ended.readable, ended.writable]).toEqual([true, false]);
    await expect(ended.send(1)).rejects.toBeInstanceOf(InvalidStateError);
    await expect(pair.there.recv()).rejects.toBeInstanceOf(EOFError);
    pair.there.sendBytesSync(Buffer.alloc(1001));
    await expect(copy.recvBytes()).rejects.toBeInstanceOf(MessageTooLongError);
  });

  it('arrives through a pipe, deep in a value, as one object where it was one, and several at a time', async () => {
    using pair = await socketPair();
    using other = await socketPair();
    const [reader, writer] = Pipe({ duplex: false });
    await writer.send({ deep: new Map([['both', [pair.here, other.here, pair.here]]]) });
    const { deep } = (await reader.recv()) as { deep: Map<string, Connection[]> };
    const [first, second, third] = deep.get('both') as [Connection, Connection, Connection];
    expect(third).toBe(first);
    first.sendSync('first');
    second.sendSync('second');
    expect([await pair.there.recv(), await other.there.recv()]).toEqual(['first', 'second']);
    for (const open of [first, second, reader, writer]) open.close();
  });

  it('can be sent on, when its sender has closed its own', async () => {
    using pair = await socketPair();
    let conn = pair.here;
    for (let i = 0; i < 5; i++) {
      const next = copyOf(conn);
      conn.close();
      conn = next;
    }
    conn.sendSync('far');
    expect(await pair.there.recv()).toBe('far');
    conn.close();
    await expect(pair.there.recv()).rejects.toBeInstanceOf(EOFError);
  });

  it('is there although the original was closed while the queue was full', async () => {
    using pair = await socketPair();
    const queue = new Queue<unknown>(1);
    queue.putSync('in the way');
    const putting = queue.put(pair.here);
    pair.here.close();
    expect(await queue.get()).toBe('in the way');
    await putting;
    using copy = (await queue.get()) as Connection;
    copy.sendSync('late');
    expect(await pair.there.recv()).toBe('late');
  });

  it('works in a worker thread, which needs nobody to get it', async () => {
    using pair = await socketPair();
    const queue = new Queue<unknown>();
    await using worker = await workerCalling({ queue });
    const done = worker.call('queue', 'getSync');
    queue.putSync(pair.here);
    pair.here.close();
    await done;
    await worker.end();
    // The thread had the only copy.
    await expect(pair.there.recv()).rejects.toBeInstanceOf(EOFError);
  });

  it('arrives although the thread that sent it has ended: the process has it', async () => {
    using pair = await socketPair();
    const [from, to] = [new Queue<Connection>(), new Queue<Connection>()];
    from.putSync(pair.here);
    pair.here.close();
    const message = encode({ from, to }, 'objects');
    const worker = new Worker(new URL('./fixtures/hands-on-worker.mjs', import.meta.url), { workerData: Uint8Array.from(message.bytes.subarray(0, message.length)) });
    await once(worker, 'message');
    await worker.terminate();
    const copy = to.getSync();
    copy.sendSync('outlived');
    expect(await pair.there.recv()).toBe('outlived');
    copy.close();
    await expect(pair.there.recv()).rejects.toBeInstanceOf(EOFError);
  });
});

describe('what was read ahead', () => {
  const three = (conn: Connection): void => [1, 2, 3].forEach((i) => conn.sendSync(i));

  it('is received by the copy, and not by the original too', async () => {
    using pair = await socketPair();
    three(pair.there);
    expect(pair.here.recvSync()).toBe(1);
    using copy = copyOf(pair.here);
    expect(await pair.here.poll()).toBe(false);
    expect([copy.recvSync(), await copy.recv()]).toEqual([2, 3]);
    pair.there.sendSync(4);
    expect(pair.here.recvSync()).toBe(4);
  });

  it('stays with the original when the message did not arrive, or when that is the first to go on', async () => {
    using pair = await socketPair();
    three(pair.there);
    expect(pair.here.recvSync()).toBe(1);
    const full = new Queue<unknown>(1);
    full.putNowait('in the way');
    expect(() => full.putNowait(pair.here)).toThrow(QueueFullError);
    expect(pair.here.recvSync()).toBe(2);
    const queue = new Queue<Connection>();
    queue.putSync(pair.here);
    expect(pair.here.recvSync()).toBe(3);
    using copy = queue.getSync();
    expect(copy.pollSync()).toBe(false);
    pair.there.sendSync(4);
    expect(copy.recvSync()).toBe(4);
  });

  it('belongs to the first of several copies', async () => {
    using pair = await socketPair();
    three(pair.there);
    expect(pair.here.recvSync()).toBe(1);
    const queue = new Queue<Connection>();
    for (let i = 0; i < 3; i++) queue.putSync(pair.here);
    const copies = [queue.getSync(), queue.getSync()];
    expect(pair.here.pollSync()).toBe(false);
    copies.push(queue.getSync(), copyOf(pair.here));
    expect(copies.map((copy) => copy.pollSync())).toEqual([true, false, false, false]);
    expect([copies[0]!.recvSync(), copies[0]!.recvSync()]).toEqual([2, 3]);
    for (const copy of copies) copy.close();
  });

  it('may be a message that was looked at, the beginning of a long one, or of a head', async () => {
    using pair = await socketPair();
    const { here, there } = pair;
    there.sendSync('looked at');
    expect(here.pollSync()).toBe(true);
    using second = copyOf(here);
    expect(second.recvSync()).toBe('looked at');
    const long = Buffer.alloc(2 * MIB, 'long');
    const sending = there.sendBytes(long);
    // It waits for more than the system holds.
    await expect(here.recvBytes({ maxLength: long.length, timeout: 0 })).rejects.toThrow(/no message came/);
    using third = copyOf(here);
    const [got] = await Promise.all([third.recvBytes(), sending]);
    expect(got.equals(long)).toBe(true);
  });
});

describe('what cannot be sent', () => {
  it('is a connection with calls that wait; it can once they are over', async () => {
    using pair = await socketPair();
    const { here, there } = pair;
    const queue = new Queue<unknown>();
    const receiving = here.recv();
    expect(() => queue.putSync(here)).toThrow(InvalidStateError);
    there.sendSync('over');
    expect(await receiving).toBe('over');
    const sending = here.sendBytes(Buffer.alloc(8 * MIB));
    await expect(queue.put([here])).rejects.toThrow(/still to be written/);
    await Promise.all([sending, there.recvBytes()]);
    queue.putSync(here);
    (queue.getSync() as Connection).close();
    expect(queue.empty()).toBe(true);
  });

  it('is a connection that was closed, whose stream is lost, a listener, and any of it through a socket', async () => {
    const queue = new Queue<unknown>();
    using closed = await socketPair();
    closed.here.close();
    expect(() => queue.putSync(closed.here)).toThrow(ClosedError);
    using lost = await socketPair();
    lost.there.sendBytesSync(Buffer.alloc(100));
    await expect(lost.here.recvBytes({ maxLength: 99 })).rejects.toBeInstanceOf(MessageTooLongError);
    expect(() => queue.putSync(lost.here)).toThrow(/where the next one begins/);
    using listener = await Listener.open();
    expect(() => queue.putSync(listener)).toThrow(SerializationError);
    using pair = await socketPair();
    await expect(pair.here.send(pair.there)).rejects.toThrow(/cannot leave its process tree/);
  });
});

describe('a deposit', () => {
  it('ends when it was collected, dropped or refused: the number of descriptors goes down again', async () => {
    const before = await socketsInUse();
    for (let i = 0; i < 20; i++) {
      using pair = await socketPair();
      copyOf(pair.here).close();
    }
    await backTo(before);
    const full = new Queue<unknown>(1);
    full.putSync(0);
    for (let i = 0; i < 20; i++) {
      using pair = await socketPair();
      expect(() => full.putNowait(pair.here)).toThrow(QueueFullError);
      expect(() => full.putNowait([pair.here, () => 0])).toThrow(SerializationError);
      await expect(full.put(pair.here, { timeout: 1 })).rejects.toBeInstanceOf(QueueFullError);
      await expect(pair.there.send(pair.here)).rejects.toBeInstanceOf(SerializationError);
    }
    await backTo(before);
    const queue = new Queue<unknown>();
    for (let i = 0; i < 20; i++) {
      using pair = await socketPair();
      queue.putSync(pair.here);
    }
    // Not all 20: what earlier tests left to the garbage collector may go meanwhile.
    expect(sockets()).toBeGreaterThan(before + 10);
    drop(queue);
    await backTo(before);
  });

  it('keeps the connection open while its message is under way, and no longer', async () => {
    using pair = await socketPair();
    const [reader, writer] = Pipe();
    await writer.send(pair.here);
    pair.here.close();
    writer.close();
    expect(await pair.there.poll({ timeout: 50 })).toBe(false);
    reader.close();
    await expect(pair.there.recv()).rejects.toBeInstanceOf(EOFError);
  });

  it('gives nothing to who has no ticket, to who asks too late, and to who looks for it in another process', async () => {
    using pair = await socketPair();
    const addon = native();
    using held = depositOf(pair.here);
    const { pid, name, ticket } = held;
    const fd = addon.collectSocket(pid, name, ticket, 5000);
    expect(fd).toBeGreaterThan(0);
    addon.closeSocket(fd);
    expect(addon.collectSocket(pid, name, Buffer.alloc(16), 5000)).toBe(-ENOENT);
    expect(addon.collectSocket(pid + 1, name, Buffer.alloc(16), 5000)).toBe(-EPERM);
    expect(addon.collectSocket(pid, Buffer.alloc(16), Buffer.alloc(16), 5000)).toBe(-ECONNREFUSED);
    expect(() => addon.collectSocket(pid, name, Buffer.alloc(15), 5000)).toThrow(/16 bytes/);
    expect(() => addon.depositSocket(0, Buffer.alloc(17), 0, 0, 0)).toThrow(/16 bytes/);
    expect(addon.depositSocket(-1, Buffer.alloc(16), 0, 0, 0)).toBeLessThan(0);
    held[Symbol.dispose]();
    await until(() => addon.collectSocket(pid, name, ticket, 5000) === -ENOENT, { what: 'the deposit to end' });
  });
});

describe('a process without descriptors', () => {
  /** Up to the limit, which is read from the system and may be too high to reach. */
  function takeAll(): () => void {
    const addon = native();
    const taken: number[] = [];
    for (let fd = addon.dupSocket(0); fd >= 0 && taken.length < 100_000; fd = addon.dupSocket(0)) taken.push(fd);
    return () => {
      for (const fd of taken.splice(0)) addon.closeSocket(fd);
    };
  }

  it('says so where it sends or receives a connection, and goes on when there are some again', async () => {
    using pair = await socketPair();
    using held = depositOf(pair.here);
    await using other = collector(held, 60_000);
    await other.line('ready');
    const queue = new Queue<Connection>();
    queue.putSync(pair.here);
    const giveBack = takeAll();
    let sent: unknown;
    let received: unknown;
    try {
      queue.putSync(pair.here);
    } catch (error) {
      sent = error;
    }
    try {
      queue.getSync().close();
    } catch (error) {
      received = error;
    }
    const collecting = resultOf(other);
    await other.line('asking');
    giveBack();
    // Where there is no end of descriptors, all went well.
    if (sent !== undefined) expect([sent, received]).toEqual([expect.any(ConnectionError), expect.any(ConnectionError)]);
    if (sent !== undefined) expect(String(sent) + String(received)).toMatch(/cannot be sent \(EMFILE\).*ulimit -n.*did not arrive.*ulimit -n/s);
    expect(await collecting).toBeGreaterThan(0);
    copyOf(pair.here).close();
  });
});

const python = [...pythons().values()][0];
const strangers = (job: string, key: DepositKey): Fixture =>
  spawnFixture(new URL('./fixtures/deposit-stranger.py', import.meta.url), { node: python!, args: [job, Buffer.from(key.name).toString('hex'), Buffer.from(key.ticket).toString('hex')] });
const collector = ({ pid, name, ticket }: DepositKey, ms: number): Fixture =>
  spawnFixture(new URL('./fixtures/collects.mjs', import.meta.url), { args: [String(pid), Buffer.from(name).toString('hex'), Buffer.from(ticket).toString('hex'), String(ms)] });

async function resultOf(collecting: Fixture): Promise<number> {
  collecting.send('go');
  return Number((await collecting.line(/^result/)).split(' ')[1]);
}

describe.skipIf(python === undefined)('strangers', () => {
  it('that say nothing, or nonsense, in crowds, get nothing, keep nobody waiting, and are turned out', async () => {
    const before = await socketsInUse();
    using pair = await socketPair();
    using held = depositOf(pair.here);
    await using crowd = strangers('crowd', held);
    await crowd.line('connected');
    // Less than what the crowd is given.
    await using collects = collector(held, 1000);
    expect(await resultOf(collects)).toBeGreaterThan(0);
    await using guesses = collector({ ...held, ticket: Buffer.alloc(16) }, 5000);
    expect(await resultOf(guesses)).toBe(-ENOENT);
    using copy = copyOf(pair.here);
    copy.sendSync('undisturbed');
    expect(await pair.there.recv()).toBe('undisturbed');
    // Each of them was answered with the end.
    await crowd.line('nothing came');
    await crowd.succeeded();
    copy.close();
    pair[Symbol.dispose]();
    held[Symbol.dispose]();
    await backTo(before);
  });

  it.skipIf(process.getuid?.() !== 0)('of another user get nothing, although they know the ticket', async () => {
    using pair = await socketPair();
    using held = depositOf(pair.here);
    await using stranger = strangers('other-user', held);
    await stranger.line('nothing came');
    await stranger.succeeded();
  });

  it('that serve in place of the sender are found out', async () => {
    const key = { pid: process.pid, name: Buffer.from('0123456789abcdef'), ticket: Buffer.alloc(16) };
    await using impostor = strangers('serve', key);
    await impostor.line('serving');
    expect(native().collectSocket(key.pid, key.name, key.ticket, 5000)).toBe(-EPERM);
    // The right process, which never answers.
    expect(native().collectSocket(impostor.pid, key.name, key.ticket, 50)).toBe(-ETIMEDOUT);
  });
});
