/** `Event`: everybody who waits gets on when it is set, and nobody before. */
import assert from 'node:assert/strict';
import { blockedOf, waitingForms, type Cancellable, type Case, type Form, type Forms, type Soon, type Timed } from './contract.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { aMoment, inTime, isRaised, LOST_WAKE_UP_MS, raise, raised, raisedSync } from './signals.js';

export interface EventLike {
  set(): Soon<void>;
  clear(): Soon<void>;
  isSet(): Soon<boolean>;
  wait(options?: Cancellable): Promise<boolean>;
  waitSync(options?: Timed): boolean;
}

const [READY, DONE, FAULTS, DATA] = [0, 1, 2, 8];

async function waitFor(event: EventLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  assert.equal(form === 'promise' ? await event.wait() : event.waitSync(), true);
  raise(board, DONE);
}

/** Waits for its own event, checks what was written before it was set, and sets the other. */
async function play(mine: EventLike, theirs: EventLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    if (form === 'promise') await mine.wait();
    else mine.waitSync();
    await mine.clear();
    const before = board[DATA] as number;
    for (let word = DATA; word < DATA + 16; word++) {
      if (board[word] !== before) raise(board, FAULTS);
      board[word] = before + 1;
    }
    await theirs.set();
  }
}

/** Where it can be done, without a promise in between. */
async function setAndClearUntilDone(event: EventLike, board: Int32Array): Promise<void> {
  raise(board, READY);
  while (!isRaised(board, DONE)) {
    void event.set();
    const cleared = event.clear();
    if (cleared instanceof Promise) await cleared;
  }
}

async function setAndStay(event: EventLike, board: Int32Array): Promise<void> {
  await event.set();
  raise(board, READY);
  raisedSync(board, DONE, 100);
}

async function meet(parcel: Parcel<EventLike>, board: Int32Array, form: Form): Promise<void> {
  const event = opened(parcel);
  assert.equal(await event.isSet(), false);
  raise(board, READY);
  if (form === 'promise') await event.wait();
  else event.waitSync();
  await event.clear();
  raise(board, DONE);
}

export const eventPrograms = { waitFor, play, setAndClearUntilDone, setAndStay, meet };

export function eventCases(forms: Forms = 'all'): Case<Soon<EventLike>>[] {
  const blocked = blockedOf(forms);
  return [
    {
      title: 'wakes everybody who waits, in every form, and stays set for who comes later',
      async run(env) {
        const [event, board] = [await env.make(), env.board()];
        const others = [env.start(waitFor, event, board, blocked), env.start(waitFor, event, board, 'promise'), env.start(waitFor, event, board, blocked)];
        const own = [event.wait(), event.wait()];
        await raised(board, READY, 3);
        await aMoment();
        assert.equal(board[DONE], 0);
        await event.set();
        assert.deepEqual(await inTime(Promise.all(own), 'the event loop'), [true, true]);
        for (const { result } of others) await inTime(result, 'a waiter');
        assert.equal(forms === 'all' ? event.waitSync() : await event.wait(), true);
        await inTime(env.start(waitFor, event, board, blocked).result, 'who comes later');
      },
    },
    {
      title: 'loses no wake-up in a game of two, and what was written before set() is seen after wait()',
      async run(env) {
        for (const form of waitingForms(forms)) {
          const [ping, pong, board] = [await env.make(), await env.make(), env.board()];
          const since = performance.now();
          const players = [env.start(play, ping, pong, board, 300, form), env.start(play, pong, ping, board, 300, blocked)];
          await ping.set();
          for (const { result } of players) await inTime(result, 'a player', 300 * LOST_WAKE_UP_MS);
          assert.ok(performance.now() - since < 150 * LOST_WAKE_UP_MS, `600 events took ${performance.now() - since} ms`);
          assert.deepEqual([board[DATA], board[FAULTS]], [600, 0]);
        }
      },
    },
    {
      title: 'wakes who waits already, also when it is cleared at once',
      async run(env) {
        const [event, board] = [await env.make(), env.board()];
        const other = env.start(setAndClearUntilDone, event, board);
        await raised(board, READY);
        for (let i = 0; i < 200; i++) assert.equal(await inTime(event.wait(), `wait ${i}`), true);
        for (let i = 0; i < 200 && forms === 'all'; i++) assert.equal(event.waitSync({ timeout: 5_000 }), true);
        raise(board, DONE);
        await other.result;
      },
    },
    {
      title: 'wakes the others when one of the waiters was killed, and again after clear()',
      async run(env) {
        const [event, board] = [await env.make(), env.board()];
        for (let round = 1; round <= 2; round++) {
          const victims = ([blocked, 'promise'] as const).map((form) => env.start(waitFor, event, board, form));
          await raised(board, READY, 3 * round - 1);
          const survivor = env.start(waitFor, event, board, blocked);
          const own = event.wait();
          await raised(board, READY, 3 * round);
          await aMoment();
          await Promise.all(victims.map((victim) => victim.kill()));
          await event.set();
          await inTime(Promise.all([own, survivor.result]), 'those who live');
          await event.clear();
          assert.equal(board[DONE], round);
        }
      },
    },
    {
      title: 'stays set when the participant that set it is killed',
      async run(env) {
        const [event, board] = [await env.make(), env.board()];
        const waiting = event.wait();
        const setter = env.start(setAndStay, event, board);
        await raised(board, READY);
        await setter.kill();
        assert.equal(await inTime(waiting, 'the waiter'), true);
        assert.equal(await event.isSet(), true);
      },
    },
    {
      title: 'ends the waits of one event loop in the order they came',
      async run(env) {
        const [event, board] = [await env.make(), env.board()];
        const order: number[] = [];
        const waits = [0, 1, 2, 3].map((task) => event.wait().then(() => void order.push(task)));
        const setter = env.start(setAndStay, event, board);
        await inTime(Promise.all(waits), 'the waits');
        assert.deepEqual(order, [0, 1, 2, 3]);
        board[DONE] = 100;
        await setter.result;
      },
    },
    sendableCase(
      (env) => env.make(),
      async (event, board) => {
        await raised(board, READY);
        await event.set();
        await raised(board, DONE);
        assert.equal(await event.isSet(), false);
      },
      meet,
      blocked,
    ),
  ];
}
