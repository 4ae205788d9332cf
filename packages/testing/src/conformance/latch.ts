/** `CountDownLatch`: who waits gets on when the count is 0, and the count is exact. */
import assert from 'node:assert/strict';
import type { Cancellable, Case, Form, Timed } from './contract.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { aMoment, inTime, raise, raised, raisedSync } from './signals.js';

export interface LatchLike {
  countDown(k?: number): void;
  readonly count: number;
  wait(options?: Cancellable): Promise<boolean>;
  waitSync(options?: Timed): boolean;
}

type Options = [count: number];

const [READY, GO, DONE, DATA] = [0, 1, 2, 8];

async function waitFor(latch: LatchLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  assert.equal(form === 'promise' ? await latch.wait() : latch.waitSync(), true);
  assert.equal(latch.count, 0);
  raise(board, DONE);
}

function countDown(latch: LatchLike, times: number): void {
  for (let i = 0; i < times; i++) latch.countDown();
}

/** Writes a word of its own before it counts. */
function writeAndCount(latch: LatchLike, board: Int32Array, me: number): void {
  board[DATA + me] = me + 1;
  latch.countDown();
}

function countAndStay(latch: LatchLike, board: Int32Array): void {
  latch.countDown();
  raise(board, READY);
  raisedSync(board, GO);
}

function meet(parcel: Parcel<LatchLike>, board: Int32Array): void {
  const latch = opened(parcel);
  if (latch.count > 0) latch.countDown();
  raise(board, READY);
  raisedSync(board, GO);
}

export const latchPrograms = { waitFor, countDown, writeAndCount, countAndStay, meet };

export function latchCases(): Case<LatchLike, Options>[] {
  return [
    {
      title: 'lets everybody through, in every form, at exactly the count',
      async run(env) {
        const [latch, board] = [env.make(3_001), env.board()];
        const waiters = [env.start(waitFor, latch, board, 'blocked'), env.start(waitFor, latch, board, 'promise')];
        const own = latch.wait();
        await raised(board, READY, 2);
        const counters = [env.start(countDown, latch, 1_500), env.start(countDown, latch, 1_500)];
        await Promise.all(counters.map(({ result }) => result));
        await aMoment();
        assert.deepEqual([latch.count, board[DONE]], [1, 0]);
        assert.equal(await latch.wait({ timeout: 10 }), false);
        latch.countDown();
        assert.equal(await inTime(own, 'the event loop'), true);
        for (const { result } of waiters) await inTime(result, 'a waiter');
        assert.equal(latch.waitSync(), true);
      },
    },
    {
      title: 'shows what each participant wrote before it counted',
      async run(env) {
        for (let round = 0; round < 10; round++) {
          const [latch, board] = [env.make(2), env.board()];
          const others = [0, 1].map((me) => env.start(writeAndCount, latch, board, me));
          assert.equal(await inTime(latch.wait(), 'the count'), true);
          assert.deepEqual([...board.subarray(DATA, DATA + 2)], [1, 2]);
          await Promise.all(others.map(({ result }) => result));
        }
      },
    },
    {
      title: 'keeps what a killed participant had counted, and lets those through who live when a waiter was killed',
      async run(env) {
        const [latch, board] = [env.make(2), env.board()];
        const counter = env.start(countAndStay, latch, board);
        await raised(board, READY);
        const victims = (['blocked', 'promise'] as const).map((form) => env.start(waitFor, latch, board, form));
        await raised(board, READY, 3);
        const survivor = env.start(waitFor, latch, board, 'blocked');
        const own = latch.wait();
        await raised(board, READY, 4);
        await aMoment();
        await Promise.all([counter, ...victims].map((victim) => victim.kill()));
        assert.equal(latch.count, 1);
        latch.countDown();
        await inTime(Promise.all([own, survivor.result]), 'those who live');
        assert.equal(board[DONE], 1);
      },
    },
    sendableCase(
      (env) => env.make(4),
      async (latch, board) => {
        const before = latch.count;
        await raised(board, READY);
        assert.ok(latch.count === before - 1 || latch.count === before);
        raise(board, GO);
      },
      meet,
    ),
  ];
}
