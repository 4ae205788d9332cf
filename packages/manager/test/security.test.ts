/** What a client may do that is wrong, broken or greedy: it gets an error or its connection ends, and another client, which works all the while, notices nothing. */
import { connect as connectSocket, type Socket } from 'node:net';
import { ManagerError, type Remote } from '@manycore/manager';
import { activeChildren } from '@manycore/process';
import { AuthenticationError, Client } from '@manycore/queues';
import { caught } from '@manycore/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestManager, type Odd } from './fixtures/managers.mjs';
import { ADOPT, CALL, CREATE, DONE, DROP, FAIL, message, PIN, RawClient } from './raw-client.js';

const KEY = 'the key of these tests';
let manager: TestManager;
let odd: Remote<Odd>;
const raws: { close(): void }[] = [];

beforeAll(async () => {
  manager = await new TestManager({ authkey: KEY, address: ['127.0.0.1', 0], maxMessageBytes: 1_000_000 }).start();
  odd = await manager.Odd();
});
afterEach(async () => {
  for (const raw of raws.splice(0)) raw.close();
  expect(await odd.sum(1, 2)).toBe(3);
});
afterAll(() => manager.shutdown());

async function raw(hello?: unknown): Promise<RawClient> {
  const client = await RawClient.connect(manager.address!, KEY, hello);
  raws.push(client);
  return client;
}

/** Number of an object that the raw client has made. */
async function made(client: RawClient, typeid: string): Promise<number> {
  // The proxy that comes back cannot be made here, where its server is another one: its number is asked of the server's count.
  const { kind, value } = await client.ask(CREATE, 1, 0, [typeid, undefined]);
  expect(kind).toBe(DONE);
  return Number(/ (\d+)/.exec(String((value as { [key: symbol]: () => string })[Symbol.for('nodejs.util.inspect.custom')]!()))![1]);
}

const isClosed = async (client: RawClient): Promise<boolean> => (await caught(client.connection.recvBytes())) instanceof Error;

describe('before the handshake', () => {
  it('a wrong key is turned away', async () => {
    expect(await caught(RawClient.connect(manager.address!, 'another key'))).toBeInstanceOf(AuthenticationError);
    expect(await caught(new TestManager({ address: manager.address! }).connect())).toBeInstanceOf(AuthenticationError);
  });

  it('silent peers, and those that speak something else, keep nobody waiting', async () => {
    const [host, port] = manager.address as [string, number];
    const sockets: Socket[] = Array.from({ length: 20 }, () => connectSocket(port, host));
    for (const socket of sockets) raws.push({ close: () => socket.destroy() });
    for (const [i, socket] of sockets.entries()) if (i % 2 === 0) socket.write('GET / HTTP/1.1\r\n\r\n');
    for (const socket of sockets) socket.on('error', () => undefined);
    const client = await raw();
    expect(await client.ask(CREATE, 1, 0, ['Nonsense', undefined])).toMatchObject({ kind: FAIL, call: 1 });
  });

  it.each([['no version', ['x']], ['another version', [99, 'x', 1, 'x']], ['no array', 5], ['nobody', [1, 'x', 'x', {}]], ['a long name', [1, 'x', 1, 'x'.repeat(5000)]]])('a client that says %s is dropped', async (_what, hello) => {
    const connection = await Client(manager.address!, { authkey: KEY });
    raws.push(connection);
    await connection.send(hello);
    // One that speaks another version is told so first.
    await caught(connection.recvBytes().then(() => connection.recvBytes()));
  });

  it('a client of another tree cannot name memory of this one', async () => {
    const connection = await Client(manager.address!, { authkey: KEY });
    raws.push(connection);
    const { session } = await import('@manycore/core/internal');
    await connection.send([1, session().inheritance.identity, process.pid, 'liar']);
    const [, , , nonce] = (await connection.recv()) as [number, string, number, Uint8Array];
    expect(nonce).toHaveLength(32);
    for (const block of [1, 2]) {
      await connection.send([block, 1, block, 1]);
      expect(await connection.recv()).toBe(false);
      break;
    }
  });
});

describe('a client with the key', () => {
  it.each(['nothing', '_private', '__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'accessor', 'count', 'call\0', '', 5, null, {}, ['value']])('cannot call what is not exposed: %o', async (name) => {
    const client = await raw();
    const object = await made(client, 'Counter');
    const { kind, value } = await client.ask(CALL, 2, object, [name, undefined]);
    expect([kind, value]).toEqual([FAIL, expect.any(ManagerError)]);
    expect(await client.ask(CALL, 3, object, ['value', undefined])).toMatchObject({ kind: DONE, call: 3, value: 0 });
  });

  it('gets an answer, or the end, for messages that make no sense', async () => {
    const client = await raw();
    for (const [kind, object, value] of [[CALL, 999, ['value', undefined]], [CALL, 0, 5], [CREATE, 0, ['__proto__', undefined]], [CREATE, 0, [5, undefined]], [CREATE, 0, undefined], [CALL, 1, ['sum', [[0, 77]]]]] as const) {
      expect(await client.ask(kind, 1, object, value)).toMatchObject({ kind: FAIL });
    }
    await client.send(DROP, 1e9, 1, undefined);
    await client.send(DROP, 5, 12345, undefined);
    await client.send(PIN, 0, 999, 'x');
    await client.send(ADOPT, 0, 999, {});
    await client.send(77, 0, 0, undefined);
    expect(await client.ask(CREATE, 2, 0, ['Nonsense', undefined])).toMatchObject({ kind: FAIL, call: 2 });
    await client.connection.sendBytes(Buffer.from('short'));
    expect(await isClosed(client)).toBe(true);
  });

  it('that sends damaged values is told, and can go on', async () => {
    const client = await raw();
    const bytes = message(CALL, 7, 1, ['sum', undefined]);
    bytes.fill(0xff, 4, 12);
    await client.connection.sendBytes(bytes);
    expect(await client.answer()).toMatchObject({ kind: FAIL, call: 7 });
  });

  it('cannot use objects that it was not given by dropping more than it has', async () => {
    const client = await raw();
    const object = await made(client, 'Counter');
    await client.send(DROP, 1, object, undefined);
    expect(await client.ask(CALL, 2, object, ['value', undefined])).toMatchObject({ kind: FAIL, value: expect.any(ManagerError) as ManagerError });
    const shared = await manager.Counter(3);
    const number = Number(/ (\d+)/.exec(String((shared as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!()))![1]);
    await client.send(DROP, 100, number, undefined);
    await client.ask(CREATE, 3, 0, ['Nonsense', undefined]);
    expect(await shared.value()).toBe(3);
  });

  it('that sends more than a message may have loses its connection', async () => {
    const client = await raw();
    await client.connection.sendBytes(Buffer.alloc(1_000_001)).catch(() => undefined);
    expect(await isClosed(client)).toBe(true);
  });

  it('that floods holds up nobody', async () => {
    const client = await raw();
    const object = await made(client, 'Counter');
    const one = message(CALL, 5, object, [1, 'add', undefined]);
    const flood = Promise.all(Array.from({ length: 20_000 }, () => client.connection.sendBytes(one))).catch(() => undefined);
    let answers = 0;
    const reading = (async () => {
      for (; answers < 20_000; answers++) await client.connection.recvBytes();
    })();
    for (let i = 0; i < 50; i++) expect(await odd.sum(i, 1)).toBe(i + 1);
    await Promise.all([flood, reading]);
    expect(await client.ask(CALL, 6, object, ['value', undefined])).toMatchObject({ value: 20_000 });
  });

  it('that never reads is read no more, and costs no more memory', async () => {
    const client = await raw();
    const object = await made(client, 'Odd');
    const one = message(CALL, 5, object, [500_000, 'big', undefined]);
    const rss = async (): Promise<number> => (await import('node:fs')).readFileSync(`/proc/${activeChildren()[0]!.pid}/statm`, 'utf8').split(' ').map(Number)[1]! * 4096;
    const before = await rss();
    // 10 GB of answers, were they made.
    for (let i = 0; i < 20_000; i++) void client.connection.sendBytes(one).catch(() => undefined);
    for (let i = 0; i < 200; i++) await odd.sum(i, 1);
    expect((await rss()) - before).toBeLessThan(300e6);
    client.close();
  });

  it('is one of a thousand', async () => {
    const clients: RawClient[] = [];
    for (let i = 0; i < 1000; i += 50) clients.push(...(await Promise.all(Array.from({ length: 50 }, () => raw()))));
    const answers = await Promise.all(clients.map((client, i) => client.ask(CALL, i, 1, [i, 1, 'sum', undefined])));
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });
});
