/** `Once`: one participant of all does it, the others get what it gave; one that dies or fails does not count. */
import assert from 'node:assert/strict';
import type { Case, Form } from './contract.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { aMoment, inTime, raise, raised, raisedSync } from './signals.js';

export interface OnceLike {
  do<R>(fn: () => R | Promise<R>): Promise<R>;
  doSync<R>(fn: () => R): R;
  done(): boolean;
}

const [READY, GO, RUNS, DATA] = [0, 1, 2, 8];

type Value = { from: string; data: number[] };

/** Does it, or gets what somebody else gave. Which of the forms runs it depends on who is first. */
async function perform(once: OnceLike, board: Int32Array, from: string, form: Form): Promise<Value> {
  raise(board, READY);
  raisedSync(board, GO);
  const fn = (): Value => {
    raise(board, RUNS);
    board.fill(7, DATA, DATA + 16);
    return { from, data: [1, 2, 3] };
  };
  const value = form === 'promise' ? await once.do(fn) : once.doSync(fn);
  for (let word = DATA; word < DATA + 16; word++) assert.equal(board[word], 7);
  return value;
}

/** Begins, and stays inside until it is told to fail, or killed. */
async function beginAndFail(once: OnceLike, board: Int32Array, form: Form): Promise<string> {
  const fn = (): never => {
    raise(board, READY);
    raisedSync(board, GO);
    throw new RangeError('not this time');
  };
  try {
    return String(form === 'promise' ? await once.do(fn) : once.doSync(fn));
  } catch (error) {
    return (error as Error).message;
  }
}

/** Waits for who is inside, and runs it when that one fails. */
async function waitOrRun(once: OnceLike, board: Int32Array, value: string, form: Form): Promise<string> {
  raise(board, READY);
  const fn = (): string => {
    raise(board, RUNS);
    return value;
  };
  return form === 'promise' ? once.do(fn) : once.doSync(fn);
}

function meet(parcel: Parcel<OnceLike>, board: Int32Array): void {
  const once = opened(parcel);
  if (!once.done()) once.doSync(() => 'by the first');
  assert.equal(once.doSync(() => 'by another'), 'by the first');
  raise(board, READY);
}

export const oncePrograms = { perform, beginAndFail, waitOrRun, meet };

export function onceCases(): Case<OnceLike>[] {
  return [
    {
      title: 'is run by one of all who come at the same time, in every form; all get its value and see what it wrote',
      async run(env) {
        for (let round = 0; round < 10; round++) {
          const [once, board] = [env.make(), env.board()];
          const others = (['blocked', 'promise', 'blocked'] as const).map((form, i) => env.start(perform, once, board, `participant ${i}`, form));
          await raised(board, READY, 3);
          raise(board, GO);
          const own = perform(once, board, 'the test', 'promise');
          const values = await inTime(Promise.all([own, ...others.map(({ result }) => result)]), 'all of them');
          assert.equal(board[RUNS], 1);
          for (const value of values) assert.deepEqual(value, values[0]);
          assert.equal(once.done(), true);
        }
      },
    },
    ...(['blocked', 'promise'] as const).flatMap((form) =>
      (['fails', 'is killed'] as const).map((end) => ({
        title: `is run by the next one when the one inside (${form}) ${end}`,
        async run(env: Parameters<Case<OnceLike>['run']>[0]) {
          const [once, board] = [env.make(), env.board()];
          const first = env.start(beginAndFail, once, board, form);
          await raised(board, READY);
          const others = (['blocked', 'promise'] as const).map((other) => env.start(waitOrRun, once, board, other, other));
          await raised(board, READY, 3);
          const own = waitOrRun(once, board, 'the test', 'promise');
          await aMoment();
          assert.deepEqual([once.done(), board[RUNS]], [false, 0]);
          if (end === 'fails') {
            raise(board, GO);
            assert.equal(await inTime(first.result, 'the one that fails'), 'not this time');
          } else await first.kill();
          const values = await inTime(Promise.all([own, ...others.map(({ result }) => result)]), 'the others');
          assert.equal(board[RUNS], 1);
          for (const value of values) assert.equal(value, values[0]);
        },
      })),
    ),
    {
      title: 'goes on when one of those that wait is killed, and keeps its value when the one that ran it is',
      async run(env) {
        const [once, board, second] = [env.make(), env.board(), env.board()];
        const runner = env.start(beginAndFail, once, board, 'blocked');
        await raised(board, READY);
        const victim = env.start(waitOrRun, once, second, 'the victim', 'blocked');
        const survivor = env.start(waitOrRun, once, second, 'the survivor', 'blocked');
        await raised(second, READY, 2);
        await aMoment();
        await victim.kill();
        raise(board, GO);
        await runner.result;
        assert.equal(await inTime(survivor.result, 'the survivor'), 'the survivor');
        await survivor.kill();
        assert.equal(await once.do(() => 'the test'), 'the survivor');
      },
    },
    sendableCase(
      (env) => env.make(),
      async (_once, board) => {
        await raised(board, READY);
      },
      meet,
    ),
  ];
}
