/** Ends of pipes as what is sent: whichever way an end went, it is the same end, and open as long as somebody has it or a message mentions it. */
import assert from 'node:assert/strict';
import type { Case } from './contract.js';
import type { LockLike } from './exclusion.js';
import { codeOf, EOF, INVALID_STATE, type ConnectionLike } from './messages.js';
import type { PipeKit } from './pipe.js';
import type { QueueLike } from './queue.js';
import { opened, type Parcel } from './sendable.js';
import { aMoment, inTime, raise, raised, raisedSync } from './signals.js';

const [READY, DONE, VALUE] = [0, 1, 8];

/** Sends what it received back, once, in every form. */
async function echo(parcel: Parcel<ConnectionLike>, board: Int32Array): Promise<void> {
  const connection = opened(parcel);
  connection.sendSync(connection.recvSync());
  await connection.send(await connection.recv());
  connection.close();
  raise(board, DONE);
}

/** As `echo`, over the end that a message of the pipe or queue brings. */
async function echoOverReceived(source: ConnectionLike | QueueLike, board: Int32Array): Promise<void> {
  raise(board, READY);
  if ('recvSync' in source) {
    await echo(source.recvSync() as Parcel<ConnectionLike>, board);
    source.close();
  } else await echo((await source.get()) as Parcel<ConnectionLike>, board);
}

async function askWriter(connection: ConnectionLike): Promise<unknown[]> {
  const answer = [connection.readable, connection.writable, await codeOf(() => connection.recv()), await codeOf(() => connection.pollSync())];
  connection.sendSync('from the writer');
  connection.close();
  return answer;
}

async function askReader(connection: ConnectionLike): Promise<unknown[]> {
  const answer = [connection.readable, connection.writable, await codeOf(() => connection.send(1)), connection.recvSync()];
  connection.close();
  return answer;
}

/** Sends an end into a pipe of which it has both ends, or puts it in a queue, and keeps nothing else of it. */
function sendAway(end: ConnectionLike, way: ConnectionLike | QueueLike, other: ConnectionLike | null, board: Int32Array): void {
  if ('sendSync' in way) way.sendSync([end]);
  else way.putSync([end]);
  end.close();
  raise(board, READY);
  raisedSync(board, DONE, 1_000);
  other?.close();
}

async function useShared(connection: ConnectionLike, form: 'promise' | 'blocked'): Promise<void> {
  const { lock, queue, words } = (form === 'promise' ? await connection.recv() : connection.recvSync()) as { lock: LockLike; queue: QueueLike; words: Int32Array };
  assert.equal(lock.tryAcquire(), false);
  raise(words, VALUE);
  queue.putSync('over there');
  lock.acquireSync();
  await lock.release();
  connection.close();
}

export const pipeTravelPrograms = { echo, echoOverReceived, askWriter, askReader, sendAway, useShared };

/** What `echo` is to give back. */
async function ping(connection: ConnectionLike, what: string, isLast = true): Promise<void> {
  for (const form of ['first', 'second']) {
    await connection.send({ what, form });
    assert.deepEqual(await inTime(connection.recv(), `the ${form} answer, ${what}`), { what, form });
  }
  if (isLast) assert.equal(await inTime(codeOf(() => connection.recv()), `the end of file, ${what}`), EOF);
  connection.close();
}

export function pipeTravelCases(): Case<PipeKit>[] {
  return [
    {
      title: 'is the same end when sent in arguments, in a queue item, inside of a value, and on to a grandchild, also when the original is closed at once',
      async run(env) {
        for (const [way, isPacked] of [['startNew', false], ['start', false], ['start', true], ['startGrandchild', true], ['startGrandchild', false]] as const) {
          const [[here, there], board] = [env.make().pipe(), env.board()];
          const participant = env[way](echo, isPacked ? { deep: new Map([['here', [there, there]]]) } : there, board);
          there.close();
          // Who starts a grandchild keeps the end as long as that runs.
          await ping(here, way, way !== 'startGrandchild');
          await inTime(participant.result, way);
        }
      },
    },
    {
      title: 'is the same end when sent through pipes and queues, also when the original is closed while its message waits for room',
      async run(env) {
        for (const via of ['pipe', 'queue', 'full pipe', 'full queue']) {
          const kit = env.make();
          const [[here, there], board, queue] = [kit.pipe(), env.board(), kit.queue(1)];
          const [near, far] = kit.pipe();
          const isFull = via.startsWith('full');
          const filler = isFull && (via.endsWith('pipe') ? near.send(new Uint8Array(2 ** 20)) : queue.put('filler'));
          const sent = via.endsWith('pipe') ? near.send({ deep: new Map([['here', [0, there]]]) }) : queue.put({ deep: new Map([['here', [0, there]]]) });
          there.close();
          await aMoment();
          if (isFull) await (via.endsWith('pipe') ? far.recv() : queue.get());
          await inTime(Promise.all([filler, sent]), `the message, ${via}`);
          const participant = env.start(echoOverReceived, via.endsWith('pipe') ? far : queue, board);
          far.close();
          await raised(board, READY);
          await ping(here, via);
          await inTime(participant.result, via);
          near.close();
        }
      },
    },
    {
      title: 'lets the first end of a one-way pipe receive only, and the second one send only, wherever they are',
      async run(env) {
        const [reader, writer] = env.make().pipe({ duplex: false });
        assert.deepEqual([reader.readable, reader.writable, writer.readable, writer.writable], [true, false, false, true]);
        const [asksWriter, asksReader] = [env.start(askWriter, writer), env.start(askReader, reader)];
        writer.close();
        reader.close();
        assert.deepEqual(await inTime(asksWriter.result, 'the writer'), [false, true, INVALID_STATE, INVALID_STATE]);
        assert.deepEqual(await inTime(asksReader.result, 'the reader'), [true, false, INVALID_STATE, 'from the writer']);
      },
    },
    {
      title: 'is open while a message mentions it, although its sender was killed',
      async run(env) {
        const kit = env.make();
        const [[here, there], board, queue] = [kit.pipe(), env.board(), kit.queue()];
        const sender = env.start(sendAway, there, queue, null, board);
        there.close();
        await raised(board, READY);
        await sender.kill();
        await here.send('kept');
        assert.equal(await here.poll(), false);
        const [arrived] = (await inTime(queue.get() as Promise<ConnectionLike[]>, 'the end')) as [ConnectionLike];
        assert.equal(await arrived.recv(), 'kept');
        arrived.close();
        assert.equal(await inTime(codeOf(() => here.recv()), 'the end of file'), EOF);
        here.close();
      },
    },
    {
      title: 'is closed when the pipe that its message lies in is gone with its last holder',
      async run(env) {
        const kit = env.make();
        const [[here, there], [near, far], board] = [kit.pipe(), kit.pipe(), env.board()];
        const sender = env.start(sendAway, there, near, far, board);
        for (const end of [there, near, far]) end.close();
        await raised(board, READY);
        const receiving = codeOf(() => here.recv());
        await aMoment();
        await sender.kill();
        assert.equal(await inTime(receiving, 'the end of file'), EOF);
        here.close();
      },
    },
    {
      title: 'brings locks, queues and shared memory as the same objects',
      async run(env) {
        for (const form of ['promise', 'blocked'] as const) {
          const kit = env.make();
          const [[here, there], words, lock, queue] = [kit.pipe(), env.board(), kit.lock(), kit.queue()];
          const other = env.start(useShared, there, form);
          there.close();
          await lock.acquire();
          await here.send({ lock, queue, words });
          assert.equal(await inTime(queue.get(), 'the item'), 'over there');
          assert.equal(words[VALUE], 1);
          await lock.release();
          await inTime(other.result, 'the other');
          here.close();
        }
      },
    },
  ];
}
