/** `Semaphore` and `BoundedSemaphore`: as many inside as there are permits, and permits that are neither lost nor doubled. */
import assert from 'node:assert/strict';
import type { Case, Env, Form } from './contract.js';
import { exclusionCases, exclusionPrograms, type LockLike } from './exclusion.js';
import { aMoment, inTime, LOST_WAKE_UP_MS, raise, raised, raisedSync, sleepSync } from './signals.js';

export interface SemaphoreLike extends LockLike {
  getValue(): number;
}

type Options = [value?: number, options?: { robust?: boolean }];

const [READY, GO, INSIDE, MOST, DONE] = [0, 1, 2, 3, 4];

async function visit(semaphore: SemaphoreLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    if (form === 'promise') await semaphore.acquire();
    else if (form === 'blocked') semaphore.acquireSync();
    else while (!semaphore.tryAcquire()) sleepSync(0.02);
    const inside = Atomics.add(board, INSIDE, 1) + 1;
    if (inside > Atomics.load(board, MOST)) Atomics.store(board, MOST, inside);
    if (i % 50 === 0) sleepSync(0.2);
    Atomics.sub(board, INSIDE, 1);
    semaphore.release();
  }
}

/** Gives a permit of one and takes one of the other. */
async function play(mine: SemaphoreLike, theirs: SemaphoreLike, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    if (form === 'promise') await mine.acquire();
    else mine.acquireSync();
    theirs.release();
  }
}

function takeAndStay(semaphore: SemaphoreLike, board: Int32Array, permits: number): void {
  for (let i = 0; i < permits; i++) semaphore.acquireSync();
  raise(board, READY);
  raisedSync(board, GO);
}

async function takeOne(semaphore: SemaphoreLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  if (form === 'promise') await semaphore.acquire();
  else semaphore.acquireSync();
  raise(board, DONE);
}

function giveOne(semaphore: SemaphoreLike): void {
  semaphore.release();
}

export const semaphorePrograms = { ...exclusionPrograms, visit, play, takeAndStay, takeOne, giveOne };

export function semaphoreCases(): Case<SemaphoreLike, Options>[] {
  return [
    ...exclusionCases<Options>((env) => env.make(1, { robust: true })),
    {
      title: 'lets in as many as there are permits, and has all of them back in the end',
      async run(env) {
        const [semaphore, board] = [env.make(2), env.board()];
        const others = (['blocked', 'promise', 'try'] as const).map((form) => env.start(visit, semaphore, board, 600, form));
        await visit(semaphore, board, 100, 'promise');
        for (const { result } of others) await inTime(result, 'a visitor', 15_000);
        assert.ok(Atomics.load(board, MOST) <= 2, `${Atomics.load(board, MOST)} were inside`);
        assert.equal(semaphore.getValue(), 2);
      },
    },
    {
      title: 'loses no wake-up: permits that go to and fro are not slept through',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [ping, pong] = [env.make(1), env.make(1)];
          pong.acquireSync();
          const since = performance.now();
          const players = [env.start(play, ping, pong, 200, form), env.start(play, pong, ping, 200, 'blocked')];
          for (const { result } of players) await inTime(result, 'a player', 200 * LOST_WAKE_UP_MS);
          assert.ok(performance.now() - since < 100 * LOST_WAKE_UP_MS, `400 permits took ${performance.now() - since} ms`);
          assert.deepEqual([ping.getValue(), pong.getValue()], [1, 0]);
        }
      },
    },
    {
      title: 'gives the permits of a killed holder back when it is robust',
      async run(env) {
        const [semaphore, board] = [env.make(3, { robust: true }), env.board()];
        const holder = env.start(takeAndStay, semaphore, board, 3);
        await raised(board, READY);
        assert.equal(semaphore.tryAcquire(), false);
        const waiter = env.start(takeOne, semaphore, board, 'blocked');
        const waiting = [semaphore.acquire(), semaphore.acquire()];
        await raised(board, READY, 2);
        await aMoment();
        await holder.kill();
        assert.deepEqual(await inTime(Promise.all(waiting), 'the event loop'), [true, true]);
        await inTime(waiter.result, 'the blocked waiter');
        assert.equal(semaphore.tryAcquire(), false);
      },
    },
    {
      title: 'does not give them back when it is not robust',
      async run(env) {
        const [semaphore, board] = [env.make(2), env.board()];
        const holder = env.start(takeAndStay, semaphore, board, 1);
        await raised(board, READY);
        await holder.kill();
        assert.equal(semaphore.getValue(), 1);
        assert.equal(await semaphore.acquire(), true);
        assert.equal(await semaphore.acquire({ timeout: 100 }), false);
        semaphore.release();
      },
    },
    ...([true, false] as const).map((robust) => ({
      title: `does not lose a permit to a waiter that was killed, ${robust ? 'robust' : 'not robust'}`,
      async run(env: Env<SemaphoreLike, Options>) {
        const [semaphore, board] = [env.make(1, { robust }), env.board()];
        semaphore.acquireSync();
        const victims = (['blocked', 'promise'] as const).map((form) => env.start(takeOne, semaphore, board, form));
        await raised(board, READY, 2);
        const survivor = env.start(takeOne, semaphore, board, 'blocked');
        await raised(board, READY, 3);
        await aMoment();
        await Promise.all(victims.map((victim) => victim.kill()));
        semaphore.release();
        await inTime(survivor.result, 'the waiter that lives');
        assert.equal(board[DONE], 1);
      },
    })),
    {
      title: 'takes a permit from a participant that never had one',
      async run(env) {
        const semaphore = env.make(1);
        semaphore.acquireSync();
        const waiting = semaphore.acquire();
        await env.start(giveOne, semaphore).result;
        assert.equal(await inTime(waiting, 'the permit'), true);
        semaphore.release();
        assert.equal(semaphore.getValue(), 1);
      },
    },
  ];
}

export function boundedSemaphoreCases(): Case<SemaphoreLike, Options>[] {
  return [
    ...semaphoreCases(),
    {
      title: 'refuses a release above its start value, whoever makes it',
      async run(env) {
        const semaphore = env.make(2);
        assert.throws(() => semaphore.release(), { code: 'ERR_MANYCORE_LOCK' });
        await assert.rejects(() => env.start(giveOne, semaphore).result, { code: 'ERR_MANYCORE_LOCK' });
        assert.equal(semaphore.getValue(), 2);
        semaphore.acquireSync();
        await env.start(giveOne, semaphore).result;
        assert.equal(semaphore.getValue(), 2);
      },
    },
  ];
}
