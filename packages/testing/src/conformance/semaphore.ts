/** `Semaphore` and `BoundedSemaphore`: as many inside as there are permits, and permits that are neither lost nor doubled. */
import assert from 'node:assert/strict';
import { blockedOf, roundsOf, waitingForms, type Case, type Env, type Form, type Forms, type Soon } from './contract.js';
import { exclusionCases, exclusionPrograms, take, type LockLike } from './exclusion.js';
import { aMoment, inTime, LOST_WAKE_UP_MS, raise, raised, raisedSync, sleepSync } from './signals.js';

export interface SemaphoreLike extends LockLike {
  getValue(): Soon<number>;
}

type Options = [value?: number, options?: { robust?: boolean }];

const [READY, GO, INSIDE, MOST, DONE] = [0, 1, 2, 3, 4];

async function visit(semaphore: SemaphoreLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    if (form === 'promise') await semaphore.acquire();
    else if (form === 'blocked') semaphore.acquireSync();
    else while (!(await semaphore.tryAcquire())) sleepSync(0.02);
    const inside = Atomics.add(board, INSIDE, 1) + 1;
    if (inside > Atomics.load(board, MOST)) Atomics.store(board, MOST, inside);
    if (i % 50 === 0) sleepSync(0.2);
    Atomics.sub(board, INSIDE, 1);
    await semaphore.release();
  }
}

/** Gives a permit of one and takes one of the other. */
async function play(mine: SemaphoreLike, theirs: SemaphoreLike, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    if (form === 'promise') await mine.acquire();
    else mine.acquireSync();
    await theirs.release();
  }
}

async function takeAndStay(semaphore: SemaphoreLike, board: Int32Array, permits: number, form: Form): Promise<void> {
  for (let i = 0; i < permits; i++) await take(semaphore, form);
  raise(board, READY);
  raisedSync(board, GO);
}

async function takeOne(semaphore: SemaphoreLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  if (form === 'promise') await semaphore.acquire();
  else semaphore.acquireSync();
  raise(board, DONE);
}

async function giveOne(semaphore: SemaphoreLike): Promise<void> {
  await semaphore.release();
}

export const semaphorePrograms = { ...exclusionPrograms, visit, play, takeAndStay, takeOne, giveOne };

export function semaphoreCases(forms: Forms = 'all'): Case<Soon<SemaphoreLike>, Options>[] {
  const blocked = blockedOf(forms);
  return [
    ...exclusionCases<Options>((env) => env.make(1, { robust: true }), undefined, forms),
    {
      title: 'lets in as many as there are permits, and has all of them back in the end',
      async run(env) {
        const [semaphore, board] = [await env.make(2), env.board()];
        const others = ([blocked, 'promise', 'try'] as const).map((form) => env.start(visit, semaphore, board, roundsOf(forms, 600), form));
        await visit(semaphore, board, 100, 'promise');
        for (const { result } of others) await inTime(result, 'a visitor', 15_000);
        assert.ok(Atomics.load(board, MOST) <= 2, `${Atomics.load(board, MOST)} were inside`);
        assert.equal(await semaphore.getValue(), 2);
      },
    },
    {
      title: 'loses no wake-up: permits that go to and fro are not slept through',
      async run(env) {
        for (const form of waitingForms(forms)) {
          const [ping, pong] = [await env.make(1), await env.make(1)];
          await take(pong, blocked);
          const since = performance.now();
          const players = [env.start(play, ping, pong, 200, form), env.start(play, pong, ping, 200, blocked)];
          for (const { result } of players) await inTime(result, 'a player', 200 * LOST_WAKE_UP_MS);
          assert.ok(performance.now() - since < 100 * LOST_WAKE_UP_MS, `400 permits took ${performance.now() - since} ms`);
          assert.deepEqual([await ping.getValue(), await pong.getValue()], [1, 0]);
        }
      },
    },
    {
      title: 'gives the permits of a killed holder back when it is robust',
      async run(env) {
        const [semaphore, board] = [await env.make(3, { robust: true }), env.board()];
        const holder = env.start(takeAndStay, semaphore, board, 3, blocked);
        await raised(board, READY);
        assert.equal(await semaphore.tryAcquire(), false);
        const waiter = env.start(takeOne, semaphore, board, blocked);
        const waiting = [semaphore.acquire(), semaphore.acquire()];
        await raised(board, READY, 2);
        await aMoment();
        await holder.kill();
        assert.deepEqual(await inTime(Promise.all(waiting), 'the event loop'), [true, true]);
        await inTime(waiter.result, 'the blocked waiter');
        assert.equal(await semaphore.tryAcquire(), false);
      },
    },
    {
      title: 'does not give them back when it is not robust',
      async run(env) {
        const [semaphore, board] = [await env.make(2), env.board()];
        const holder = env.start(takeAndStay, semaphore, board, 1, blocked);
        await raised(board, READY);
        await holder.kill();
        assert.equal(await semaphore.getValue(), 1);
        assert.equal(await semaphore.acquire(), true);
        assert.equal(await semaphore.acquire({ timeout: 100 }), false);
        await semaphore.release();
      },
    },
    ...([true, false] as const).map((robust) => ({
      title: `does not lose a permit to a waiter that was killed, ${robust ? 'robust' : 'not robust'}`,
      async run(env: Env<Soon<SemaphoreLike>, Options>) {
        const [semaphore, board] = [await env.make(1, { robust }), env.board()];
        await take(semaphore, blocked);
        const victims = [blocked, 'promise' as const].map((form) => env.start(takeOne, semaphore, board, form));
        await raised(board, READY, 2);
        const survivor = env.start(takeOne, semaphore, board, blocked);
        await raised(board, READY, 3);
        await aMoment();
        await Promise.all(victims.map((victim) => victim.kill()));
        await semaphore.release();
        await inTime(survivor.result, 'the waiter that lives');
        assert.equal(board[DONE], 1);
      },
    })),
    {
      title: 'takes a permit from a participant that never had one',
      async run(env) {
        const semaphore = await env.make(1);
        await take(semaphore, blocked);
        const waiting = semaphore.acquire();
        await env.start(giveOne, semaphore).result;
        assert.equal(await inTime(waiting, 'the permit'), true);
        await semaphore.release();
        assert.equal(await semaphore.getValue(), 1);
      },
    },
  ];
}

export function boundedSemaphoreCases(forms: Forms = 'all'): Case<Soon<SemaphoreLike>, Options>[] {
  return [
    ...semaphoreCases(forms),
    {
      title: 'refuses a release above its start value, whoever makes it',
      async run(env) {
        const semaphore = await env.make(2);
        await assert.rejects(async () => semaphore.release(), { code: 'ERR_MANYCORE_LOCK' });
        await assert.rejects(() => env.start(giveOne, semaphore).result, { code: 'ERR_MANYCORE_LOCK' });
        assert.equal(await semaphore.getValue(), 2);
        await take(semaphore, blockedOf(forms));
        await env.start(giveOne, semaphore).result;
        assert.equal(await semaphore.getValue(), 2);
      },
    },
  ];
}
