import { Client, ConnectionError, EOFError, functionRef, JoinableQueue, Listener, Pipe, Process, Queue, type Connection } from 'manycore';
import { leakCheck, until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { PythonPeer, pythons } from '../../queues/test/python-peer.js';

const FIXTURE = new URL('./fixtures/socket-shared-child.mjs', import.meta.url);

function child(name: string, ...args: unknown[]): Process {
  const target = functionRef<Record<string, (...all: unknown[]) => void>>(FIXTURE, name) as (...all: unknown[]) => void;
  return new Process({ target, args }).start();
}

/** The program's end of a connection, and the one of its peer. */
async function pair(family: 'AF_UNIX' | 'AF_INET' = 'AF_UNIX'): Promise<{ here: Connection; peer: Connection }> {
  using listener = await Listener.open({ family });
  const [here, peer] = await Promise.all([listener.accept(), Client(listener.address)]);
  return { here, peer };
}

async function expectEcho(peer: Connection): Promise<void> {
  for (const message of [Buffer.from('short'), Buffer.alloc(0), Buffer.alloc(4 << 20, 'long')]) {
    const [back] = await Promise.all([peer.recvBytes(), peer.sendBytes(message)]);
    expect(back.equals(message)).toBe(true);
  }
}

async function ended(...processes: Process[]): Promise<void> {
  for (const process of processes) {
    await process.join();
    expect(process.exitCode).toBe(0);
    process.close();
  }
}

describe.each(['AF_UNIX', 'AF_INET'] as const)('a connection over %s that a child is given', (family) => {
  it.each([
    ['as an argument', (conn: Connection) => child('echoes', conn)],
    [
      'as an item of a queue',
      (conn: Connection) => {
        const queue = new Queue();
        const process = child('echoesFromQueue', queue);
        queue.putSync(conn);
        return process;
      },
    ],
    [
      'through a pipe',
      (conn: Connection) => {
        const [ours, theirs] = Pipe();
        const process = child('echoesFromPipe', theirs);
        theirs.close();
        ours.sendSync(conn);
        ours.close();
        return process;
      },
    ],
  ])('%s works there, and ends with it', async (_way, give) => {
    const { here, peer } = await pair(family);
    const process = give(here);
    here.close();
    await expectEcho(peer);
    peer.close();
    await ended(process);
  });
});

describe('between children', () => {
  it('a connection passes from one to its sibling while the first is blocked', async () => {
    const { here, peer } = await pair();
    const [queue, gate] = [new Queue(), new Queue()];
    const first = child('handsOnAndBlocks', here, queue, gate);
    here.close();
    const second = child('echoesFromQueue', queue);
    await expectEcho(peer);
    peer.close();
    await ended(second);
    gate.putSync('go on');
    await ended(first);
  });

  it('its peer sees the end once no process has it any more, also by a kill', async () => {
    const { here, peer } = await pair();
    const said = new Queue();
    const holders = [child('holds', here, said), child('holds', here, said)];
    here.close();
    await said.get();
    await said.get();
    const receiving = peer.recv().catch((error: unknown) => error);
    holders[0]!.kill();
    await holders[0]!.join();
    expect(await peer.poll({ timeout: 20 })).toBe(false);
    holders[1]!.kill();
    expect(await receiving).toBeInstanceOf(EOFError);
    await holders[1]!.join();
    peer.close();
  });
});

describe('a queue with redelivery', () => {
  it('gives the connection of a consumer that was killed to the next one', async () => {
    const { here, peer } = await pair();
    const queue = new JoinableQueue<Connection>(0, { redeliver: true });
    const said = new Queue();
    queue.putSync(here);
    here.close();
    const killed = child('takesAndStays', queue, said);
    await said.get();
    expect(await peer.recv()).toBe('taken');
    killed.kill();
    await killed.join();
    const conn = await queue.get();
    await conn.send('once more');
    expect(await peer.recv()).toBe('once more');
    conn.close();
    // Open until nobody could be given it again.
    expect(await peer.poll({ timeout: 20 })).toBe(false);
    queue.taskDone();
    await expect(peer.recv()).rejects.toBeInstanceOf(EOFError);
    peer.close();
  });
});

describe('a sender that ends before its connection arrived', () => {
  it('leaves an error that says so, in every form of the call, and the queue goes on', async () => {
    using listener = await Listener.open();
    const [queue, gate, said] = [new Queue(), new Queue(), new Queue<Error>()];
    const sender = child('connectsAndHandsOn', listener.address, queue, gate);
    const peers = [await listener.accept()];
    for (let i = 1; i < 3; i++) {
      const other = child('connectsAndHandsOn', listener.address, queue, gate);
      peers.push(await listener.accept());
      await until(() => queue.qsize() === i + 1, { what: 'the item' });
      other.kill();
      await other.join();
    }
    await until(() => queue.qsize() === 3, { what: 'all items' });
    sender.kill();
    await sender.join();
    queue.putSync('next');
    const expected = { name: 'ConnectionError', code: 'ERR_MANYCORE_CONNECTION', message: expect.stringMatching(/process \d+ sent did not arrive: its sender has ended/) };
    expect(() => queue.getSync()).toThrow(expect.objectContaining(expected));
    await expect(queue.get()).rejects.toSatisfy((error) => ConnectionError.isInstance(error));
    const getter = child('tellsError', queue, said);
    expect(await said.get()).toMatchObject(expected);
    await ended(getter);
    expect(queue.getSync()).toBe('next');
    // Nobody has their other ends any more.
    for (const peer of peers) {
      await expect(peer.recv()).rejects.toBeInstanceOf(EOFError);
      peer.close();
    }
  });

  it('is no harm once it has arrived', async () => {
    using listener = await Listener.open();
    const [queue, gate] = [new Queue<Connection>(), new Queue()];
    const sender = child('connectsAndHandsOn', listener.address, queue, gate);
    const peer = await listener.accept();
    const conn = await queue.get();
    sender.kill();
    await sender.join();
    await conn.send('alive');
    expect(await peer.recv()).toBe('alive');
    conn.close();
    peer.close();
  });
});

describe('descriptors', () => {
  it('are given back, here and in those who got them', async () => {
    const { here, peer } = await pair();
    await ended(child('tellsError', withItem(here), new Queue()));
    const leaks = leakCheck();
    for (let i = 0; i < 5; i++) await ended(child('tellsError', withItem(here), new Queue()));
    await leaks.settle();
    here.close();
    await expect(peer.recv()).rejects.toBeInstanceOf(EOFError);
    peer.close();
  });
});

function withItem(item: unknown): Queue {
  const queue = new Queue();
  queue.putSync(item);
  return queue;
}

const found = [...pythons()];

describe.skipIf(found.length === 0).each(found)('CPython %s', (_version, python) => {
  it('talks to the child that was given the connection, from the first message on', async () => {
    await using other = new PythonPeer(python);
    using listener = await Listener.open({ family: 'AF_INET', authkey: 'secret' });
    const connecting = other.ask('connect', { address: listener.address, key: 'secret' });
    const conn = await listener.accept();
    await connecting;
    const sent = await other.ask('send', { length: 1000 });
    const process = child('echoes', conn);
    conn.close();
    expect(await other.ask('recv')).toEqual(sent);
    const next = await other.ask('send', { hex: '00ff' });
    expect(await other.ask('recv')).toEqual(next);
    await other.ask('close');
    await ended(process);
  });
});
