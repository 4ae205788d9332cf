/** `Pipe`, while nobody dies: what is sent arrives whole, once and in order, and a sender that is far ahead waits. */
import assert from 'node:assert/strict';
import type { Case, Form } from './contract.js';
import { BROKEN_PIPE, checked, codeOf, EOF, item, receiveNumber, sendNumber, type ConnectionLike } from './messages.js';
import type { PipeKit } from './pipe.js';
import { aMoment, inTime, IN_TIME, raise, raised } from './signals.js';

const [READY, SENT, GO] = [0, 1, 2];
/** Three and two times all sizes. */
const MANY = 36;
const EACH = 24;
const LARGE = 3 * 2 ** 20;
const SMALL = 1_000;

async function sendMany(connection: ConnectionLike, from: number, count: number, form: Form): Promise<void> {
  for (let i = 0; i < count; i++) await sendNumber(connection, from, i, form);
  connection.close();
}

async function receiveMany(connection: ConnectionLike, from: number, count: number, form: Form): Promise<void> {
  for (let i = 0; i < count; i++) await receiveNumber(connection, from, i, form);
  connection.close();
}

async function echoUntilEnd(connection: ConnectionLike, form: Form): Promise<void> {
  const code = await codeOf(async () => {
    for (;;) {
      if (form === 'promise') await connection.send(await connection.recv());
      else connection.sendSync(connection.recvSync());
    }
  });
  assert.equal(code, EOF);
  connection.close();
}

async function sendItems(connection: ConnectionLike, from: number, count: number, form: Form): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (form === 'promise') await connection.send(item(from, i));
    else connection.sendSync(item(from, i));
  }
  connection.close();
}

/** @returns what came until the end of file, `[from, i]` each. */
async function receiveItems(connection: ConnectionLike, form: Form): Promise<[number, number][]> {
  const seen: [number, number][] = [];
  const code = await codeOf(async () => {
    for (;;) seen.push(checked(form === 'promise' ? await connection.recv() : connection.recvSync()));
  });
  assert.equal(code, EOF);
  connection.close();
  return seen;
}

async function sendAndTell(connection: ConnectionLike, board: Int32Array, size: number, count: number, form: Form): Promise<void> {
  raise(board, READY);
  for (let i = 0; i < count; i++) {
    if (form === 'promise') await connection.send(item(1, i, size));
    else connection.sendSync(item(1, i, size));
    raise(board, SENT);
  }
  connection.close();
}

async function receiveWhenTold(connection: ConnectionLike, board: Int32Array, size: number, count: number, form: Form): Promise<void> {
  raise(board, READY);
  await raised(board, GO);
  for (let i = 0; i < count; i++) assert.deepEqual(checked(form === 'promise' ? await connection.recv() : connection.recvSync(), size), [1, i]);
  connection.close();
}

export const pipeTrafficPrograms = { sendMany, receiveMany, echoUntilEnd, sendItems, receiveItems, sendAndTell, receiveWhenTold };

/** Each message of each sender came to one receiver, and to each of them in order. */
function assertAllCame(received: [number, number][][], senders: number, count: number): void {
  const times = new Map<string, number>();
  for (const seen of received) {
    const last = new Map<number, number>();
    for (const [from, i] of seen) {
      assert.ok(i > (last.get(from) ?? -1), `message ${i} of ${from} came after ${last.get(from)}`);
      last.set(from, i);
      times.set(`${from}.${i}`, (times.get(`${from}.${i}`) ?? 0) + 1);
    }
  }
  assert.equal(times.size, senders * count);
  assert.ok([...times.values()].every((number) => number === 1), 'a message came twice');
}

export function pipeTrafficCases(): Case<PipeKit>[] {
  return [
    {
      title: 'delivers messages of all sizes whole and in order, both ways at once',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [here, there] = env.make().pipe();
          const others = [env.start(sendMany, there, 1, MANY, form), env.start(receiveMany, there, 2, MANY, form)];
          there.close();
          const receiving = (async () => {
            for (let i = 0; i < MANY; i++) await receiveNumber(here, 1, i, 'promise');
          })();
          const sending = (async () => {
            for (let i = 0; i < MANY; i++) await sendNumber(here, 2, i, 'promise');
          })();
          await inTime(Promise.all([receiving, sending, ...others.map(({ result }) => result)]), form, 3 * IN_TIME);
          assert.equal(await codeOf(() => here.recv()), EOF);
          here.close();
        }
      },
    },
    {
      title: 'answers message by message, in every form on either side',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [here, there] = env.make().pipe();
          const other = env.start(echoUntilEnd, there, form);
          there.close();
          for (let i = 0; i < 100; i++) {
            const size = i % 25 === 24 ? LARGE : SMALL;
            if (i % 2 === 0) await here.send(item(1, i, size));
            else if (size === SMALL) here.sendSync(item(1, i, size));
            else await here.send(item(1, i, size));
            assert.deepEqual(checked(i % 3 === 0 ? here.recvSync({ timeout: IN_TIME }) : await inTime(here.recv(), `answer ${i}`), size), [1, i]);
          }
          here.close();
          await inTime(other.result, 'the one that answers');
        }
      },
    },
    {
      title: 'makes a sender that is far ahead wait, and lets it go on when the other side receives',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          for (const [size, count] of [[LARGE, 1], [SMALL, 2_000]] as const) {
            const [[here, there], board] = [env.make().pipe(), env.board()];
            const other = env.start(sendAndTell, there, board, size, count, form);
            there.close();
            await raised(board, READY);
            await aMoment();
            await aMoment();
            assert.ok((board[SENT] as number) < count, `${board[SENT]} messages of ${size} bytes were sent that nobody received`);
            for (let i = 0; i < count; i++) assert.deepEqual(checked(i % 2 === 0 ? await here.recv() : here.recvSync(), size), [1, i]);
            await inTime(other.result, 'the sender');
            assert.equal(await codeOf(() => here.recv()), EOF);
            here.close();
          }
        }
      },
    },
    {
      title: 'keeps a promise to send pending, and its event loop free, until the other side receives',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [[here, there], board] = [env.make().pipe(), env.board()];
          const other = env.start(receiveWhenTold, there, board, LARGE, 3, form);
          there.close();
          await raised(board, READY);
          let sent = 0;
          const sending = Promise.all([0, 1, 2].map((i) => here.send(item(1, i, LARGE)).then(() => sent++)));
          await aMoment();
          assert.equal(sent, 0);
          raise(board, GO);
          await inTime(Promise.all([sending, other.result]), 'the messages');
          here.close();
        }
      },
    },
    {
      title: 'gives each message of several senders on one end to one of several receivers on the other',
      async run(env) {
        const [here, there] = env.make().pipe({ duplex: false });
        const senders = [env.start(sendItems, there, 1, EACH, 'blocked'), env.start(sendItems, there, 2, EACH, 'promise'), env.start(sendItems, there, 3, EACH, 'blocked')];
        const receivers = [env.start(receiveItems, here, 'blocked'), env.start(receiveItems, here, 'promise')];
        const own = receiveItems(here, 'promise');
        await sendItems(there, 4, EACH, 'promise');
        for (const { result } of senders) await inTime(result, 'a sender', 3 * IN_TIME);
        const received = await inTime(Promise.all([own, ...receivers.map(({ result }) => result as Promise<[number, number][]>)]), 'the receivers', 3 * IN_TIME);
        assertAllCame(received, 4, EACH);
      },
    },
    {
      title: 'tells a sender that everybody closed the other end, in the middle of a message too',
      async run(env) {
        const [here, there] = env.make().pipe();
        const sending = codeOf(() => here.send(item(1, 0, LARGE)));
        await aMoment();
        there.close();
        assert.equal(await inTime(sending, 'the promise'), BROKEN_PIPE);
        assert.equal(await codeOf(() => here.sendSync(1)), BROKEN_PIPE);
        here.close();
      },
    },
  ];
}
