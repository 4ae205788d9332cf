/** `Pipe`, when somebody dies: the others are told, and what they have of one another's messages stays whole. */
import assert from 'node:assert/strict';
import type { Case, Env, Form, Participant } from './contract.js';
import { BROKEN_PIPE, checked, codeOf, EOF, item, TIMEOUT, type ConnectionLike } from './messages.js';
import type { PipeKit } from './pipe.js';
import { aMoment, inTime, raise, raised, raisedSync } from './signals.js';

const [READY, GO, DONE] = [0, 1, 2];
/** Much more than a pipe takes of a message that nobody receives. */
const LARGER = 2 * 2 ** 20;
const LARGE = 2 ** 20;

/** Sends a few messages, and then closes its end, or is killed, or ends with it when it is told to. */
async function sendAndHold(connection: ConnectionLike, board: Int32Array, form: Form, how: 'close' | 'end' | 'wait'): Promise<void> {
  for (let i = 0; i < 3; i++) {
    if (form === 'promise') await connection.send(item(1, i, 1_000));
    else connection.sendSync(item(1, i, 1_000));
  }
  raise(board, READY);
  if (form === 'promise') await raised(board, GO);
  else raisedSync(board, GO);
  if (how === 'close') connection.close();
  if (how === 'wait') await raised(board, DONE, 1_000);
}

/** @returns what the call that waits for the end of file ended with. */
async function waitForEnd(connection: ConnectionLike, board: Int32Array, call: 'recv' | 'recvSync' | 'recvBytesSync' | 'poll' | 'pollSync' | 'iterate'): Promise<unknown> {
  raise(board, READY);
  const result = await waitWith(connection, call);
  assert.equal(await codeOf(() => connection.recvSync()), EOF);
  connection.close();
  return result;
}

async function waitWith(connection: ConnectionLike, call: string): Promise<unknown> {
  if (call === 'poll') return connection.poll({ timeout: Infinity });
  if (call === 'pollSync') return connection.pollSync({ timeout: Infinity });
  if (call === 'recv') return codeOf(() => connection.recv());
  if (call !== 'iterate') return codeOf(() => connection[call as 'recvSync']());
  let count = 0;
  for await (const _value of connection) count++;
  return count;
}

/** Never gets a receiver: holds the end until it is killed. */
function holdForEver(connection: ConnectionLike, board: Int32Array): void {
  assert.ok(connection.readable);
  raise(board, READY);
  raisedSync(board, DONE, 1_000);
}

async function sendOne(connection: ConnectionLike, board: Int32Array, i: number, size: number, form: Form): Promise<string> {
  raise(board, READY);
  const code = await codeOf(() => (form === 'promise' ? connection.send(item(1, i, size)) : connection.sendSync(item(1, i, size))));
  connection.close();
  return code;
}

/** Puts as much of a long message as there is room for, and never the rest: its event loop is blocked. */
function sendBeginning(connection: ConnectionLike, board: Int32Array): void {
  void connection.send(item(1, 0, LARGER));
  raise(board, READY);
  raisedSync(board, DONE, 1_000);
}

/** Takes the beginning of a long message, and never the rest. */
async function takeBeginning(connection: ConnectionLike, board: Int32Array, form: Form): Promise<void> {
  connection.pollSync({ timeout: Infinity });
  const code = await codeOf(() => (form === 'promise' ? connection.recv({ timeout: 1 }) : connection.recvSync({ timeout: 1 })));
  assert.equal(code, TIMEOUT);
  raise(board, READY);
  raisedSync(board, DONE, 1_000);
}

async function takeBeginningAndClose(connection: ConnectionLike, board: Int32Array): Promise<void> {
  connection.pollSync({ timeout: Infinity });
  assert.equal(await codeOf(() => connection.recvSync({ timeout: 1 })), TIMEOUT);
  connection.close();
  raise(board, READY);
}

async function receiveOne(connection: ConnectionLike, board: Int32Array, size: number, form: Form): Promise<[number, number]> {
  raise(board, GO);
  const got = checked(form === 'promise' ? await connection.recv() : connection.recvSync(), size);
  connection.close();
  return got;
}

export const pipeDeathPrograms = { sendAndHold, waitForEnd, holdForEver, sendOne, sendBeginning, takeBeginning, takeBeginningAndClose, receiveOne };

const WAYS = ['close', 'end', 'kill'] as const;

/** A participant with the only copy of one end, and how it goes. */
function holder(env: Env<PipeKit>, way: (typeof WAYS)[number], end: ConnectionLike, board: Int32Array, form: Form): [Participant, go: () => Promise<void>] {
  const participant = way === 'end' ? env.startNew(sendAndHold, end, board, form, 'end') : env.start(sendAndHold, end, board, form, way === 'close' ? 'close' : 'wait');
  end.close();
  return [participant, async () => (way === 'kill' ? participant.kill() : raise(board, GO))];
}

export function pipeDeathCases(): Case<PipeKit>[] {
  return [
    ...WAYS.map((way): Case<PipeKit> => ({
      title: `delivers what was sent, and then the end of file to every call that waits, after ${{ close: 'a close', end: 'the end of the holder', kill: 'a kill of the holder' }[way]}`,
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [[here, there], board] = [env.make().pipe(), env.board()];
          const [, go] = holder(env, way, there, board, form);
          await raised(board, READY);
          for (let i = 0; i < 3; i++) assert.deepEqual(checked(await here.recv(), 1_000), [1, i]);
          const calls = ['recvSync', 'pollSync', 'recv', 'iterate'] as const;
          const waiters = calls.map((call) => env.start(waitForEnd, here, board, call));
          const own = [codeOf(() => here.recv()), here.poll({ timeout: Infinity }), codeOf(() => here.recvBytes())];
          await raised(board, READY, 5);
          await aMoment();
          await go();
          assert.deepEqual(await inTime(Promise.all(own), 'the event loop'), [EOF, true, EOF]);
          assert.deepEqual(await inTime(Promise.all(waiters.map(({ result }) => result)), 'the others'), [EOF, true, EOF, 0]);
          assert.equal(await codeOf(() => here.recvSync()), EOF);
          assert.equal(await here.poll(), true);
          assert.equal(await codeOf(() => here.send(1)), BROKEN_PIPE);
          here.close();
        }
      },
    })),
    {
      title: 'keeps what was sent for who receives after the sender was killed',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [[here, there], board] = [env.make().pipe(), env.board()];
          const [, go] = holder(env, 'kill', there, board, form);
          await raised(board, READY);
          await go();
          for (let i = 0; i < 3; i++) assert.deepEqual(checked(i === 1 ? await here.recv() : here.recvSync(), 1_000), [1, i]);
          assert.equal(await codeOf(() => here.recvSync()), EOF);
          here.close();
        }
      },
    },
    {
      title: 'tells senders that wait, in every form, that the only receiver was killed',
      async run(env) {
        const [[here, there], board] = [env.make().pipe({ duplex: false }), env.board()];
        const receiver = env.start(holdForEver, here, board);
        here.close();
        await raised(board, READY);
        const senders = (['blocked', 'promise'] as const).map((form, i) => env.start(sendOne, there, board, i, LARGE, form));
        const own = codeOf(() => there.send(item(1, 9, LARGE)));
        await raised(board, READY, 3);
        await aMoment();
        await receiver.kill();
        assert.deepEqual(await inTime(Promise.all([own, ...senders.map(({ result }) => result)]), 'the senders'), [BROKEN_PIPE, BROKEN_PIPE, BROKEN_PIPE]);
        assert.equal(await codeOf(() => there.sendSync(1)), BROKEN_PIPE);
        there.close();
      },
    },
    {
      title: 'gives nothing of a message whose sender was killed in the middle of it',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          for (const isBegun of [true, false]) {
            const [[here, there], board] = [env.make().pipe(), env.board()];
            const sender = isBegun ? env.start(sendBeginning, there, board) : env.start(sendOne, there, board, 0, LARGER, form);
            there.close();
            await here.poll({ timeout: Infinity });
            if (isBegun) assert.equal(await codeOf(() => here.recv({ timeout: 1 })), TIMEOUT);
            const receiving = isBegun && form === 'promise' ? codeOf(() => here.recv()) : undefined;
            await sender.kill();
            assert.equal(await inTime(receiving ?? codeOf(() => (form === 'promise' ? here.recv() : here.recvSync())), 'the receiver'), EOF);
            here.close();
          }
        }
      },
    },
    {
      title: 'gives the message of another sender whole when one was killed in the middle of its own',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          for (const [size, isBegun] of [[100, true], [LARGE, true], [LARGE, false]] as const) {
            const [[here, there], board] = [env.make().pipe(), env.board()];
            const victim = env.start(sendBeginning, there, board);
            await here.poll({ timeout: Infinity });
            const other = env.start(sendOne, there, board, 7, size, form);
            there.close();
            await raised(board, READY, 2);
            if (isBegun) assert.equal(await codeOf(() => here.recv({ timeout: 1 })), TIMEOUT);
            await victim.kill();
            assert.deepEqual(checked(await inTime(here.recv(), 'the message of the other'), size), [1, 7]);
            assert.equal(await inTime(other.result, 'the other'), 'none');
            assert.equal(await inTime(codeOf(() => here.recv()), 'the end'), EOF);
            here.close();
          }
        }
      },
    },
    {
      title: 'goes on with the next message when a receiver was killed in the middle of one',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [[here, there], board] = [env.make().pipe({ duplex: false }), env.board()];
          const victim = env.start(takeBeginning, here, board, form);
          const sending = [there.send(item(1, 0, LARGER)), there.send(item(1, 1, LARGE))];
          // Blocked, so that the rest of the message does not follow.
          raisedSync(board, READY);
          const heir = env.start(receiveOne, here, board, LARGE, form);
          here.close();
          await raised(board, GO);
          await aMoment();
          await victim.kill();
          assert.deepEqual(await inTime(heir.result, 'the other receiver'), [1, 1]);
          await inTime(Promise.all(sending), 'the sender');
          there.close();
        }
      },
    },
    {
      title: 'goes on with the next message when a receiver has closed in the middle of one',
      async run(env) {
        const [[here, there], board] = [env.make().pipe({ duplex: false }), env.board()];
        const sending = [there.send(item(1, 0, LARGER)), there.send(item(1, 1, LARGE))];
        const leaver = env.start(takeBeginningAndClose, here, board);
        raisedSync(board, READY);
        const heir = env.start(receiveOne, here, board, LARGE, 'blocked');
        here.close();
        assert.deepEqual(await inTime(heir.result, 'the other receiver'), [1, 1]);
        await inTime(Promise.all([leaver.result, ...sending]), 'the sender');
        there.close();
      },
    },
  ];
}
