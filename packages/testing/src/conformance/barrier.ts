/** `Barrier`: nobody gets through before everybody has come, and nobody waits for one that is dead. */
import assert from 'node:assert/strict';
import { blockedOf, waitingForms, type Cancellable, type Case, type Env, type Form, type Forms, type Soon, type Timed } from './contract.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { inTime, raise, raised, raisedSync } from './signals.js';
import { until } from '../delays.js';

export interface BarrierLike {
  wait(options?: Cancellable): Promise<number>;
  waitSync(options?: Timed): number;
  abort(): Soon<void>;
  reset(): Soon<void>;
  readonly parties: Soon<number>;
  readonly nWaiting: Soon<number>;
  readonly broken: Soon<boolean>;
}

type Options = [parties: number, options?: { timeout?: number }];

const [READY, GO, FAULTS, CAME, DATA] = [0, 1, 2, 3, 8];
const BROKEN = { code: 'ERR_MANYCORE_BROKEN_BARRIER' };

/** Meets the others again and again: writes a word of its own before, and sees the words of all after. Returns how often it had which index. */
async function meetOften(barrier: BarrierLike, board: Int32Array, rounds: number, me: number, form: Form): Promise<number[]> {
  const parties = await barrier.parties;
  const indexes = Array<number>(parties).fill(0);
  for (let round = 1; round <= rounds; round++) {
    board[DATA + me] = round;
    const index = form === 'promise' ? await barrier.wait() : barrier.waitSync();
    indexes[index] = (indexes[index] as number) + 1;
    for (let other = 0; other < parties; other++) if ((board[DATA + other] as number) < round) raise(board, FAULTS);
  }
  return indexes;
}

/** Waits once; returns its index, or the code of the error. */
async function waitOnce(barrier: BarrierLike, board: Int32Array, form: Form): Promise<number | string> {
  raise(board, READY);
  try {
    return form === 'promise' ? await barrier.wait() : barrier.waitSync();
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    raise(board, CAME);
  }
}

async function abortIt(barrier: BarrierLike): Promise<void> {
  await barrier.abort();
}

async function resetIt(barrier: BarrierLike): Promise<void> {
  await barrier.reset();
}

async function meet(parcel: Parcel<BarrierLike>, board: Int32Array, form: Form): Promise<void> {
  const barrier = opened(parcel);
  assert.equal(await barrier.parties, 2);
  if (form === 'promise') await barrier.wait();
  else barrier.waitSync();
  raise(board, READY);
  raisedSync(board, GO);
}

export const barrierPrograms = { meetOften, waitOnce, abortIt, resetIt, meet };

async function waiting(barrier: BarrierLike, count: number): Promise<void> {
  await until(async () => (await barrier.nWaiting) === count, { what: `${count} to wait at the barrier` });
}

export function barrierCases(forms: Forms = 'all'): Case<Soon<BarrierLike>, Options>[] {
  const blocked = blockedOf(forms);
  return [
    {
      title: 'lets all through together, again and again, each with an index of its own, and shows what the others wrote before',
      async run(env) {
        const [barrier, board] = [await env.make(3), env.board()];
        const rounds = 60;
        const others = [env.start(meetOften, barrier, board, rounds, 0, blocked), env.start(meetOften, barrier, board, rounds, 1, 'promise')];
        const own = await inTime(meetOften(barrier, board, rounds, 2, 'promise'), 'the rounds', 15_000);
        const all = [own, ...((await Promise.all(others.map(({ result }) => result))) as number[][])];
        for (let index = 0; index < 3; index++) assert.equal(all.reduce((sum, indexes) => sum + (indexes[index] as number), 0), rounds);
        assert.deepEqual([board[FAULTS], await barrier.nWaiting, await barrier.broken], [0, 0, false]);
      },
    },
    ...waitingForms(forms).map((form) => ({
      title: `breaks for all when a party that waits (${form}) is killed, until reset()`,
      async run(env: Env<Soon<BarrierLike>, Options>) {
        const [barrier, board] = [await env.make(4), env.board()];
        const [victim, other] = [env.start(waitOnce, barrier, board, form), env.start(waitOnce, barrier, board, blocked)];
        const own = barrier.wait();
        const refused = assert.rejects(own, BROKEN);
        await waiting(barrier, 3);
        await victim.kill();
        await inTime(refused, 'the event loop');
        assert.equal(await inTime(other.result, 'the other party'), BROKEN.code);
        assert.equal(await barrier.broken, true);
        if (forms === 'all') assert.throws(() => barrier.waitSync(), BROKEN);
        await assert.rejects(barrier.wait(), BROKEN);
        await barrier.reset();
        assert.deepEqual([await barrier.broken, await barrier.nWaiting], [false, 0]);
      },
    })),
    {
      title: 'can be used by others after reset(), also when parties died meanwhile',
      async run(env) {
        const [barrier, board] = [await env.make(2), env.board()];
        const victim = env.start(waitOnce, barrier, board, blocked);
        await waiting(barrier, 1);
        await victim.kill();
        await barrier.reset();
        const other = env.start(waitOnce, barrier, board, blocked);
        const indexes = [await inTime(barrier.wait(), 'the event loop'), (await inTime(other.result, 'the other party')) as number];
        assert.deepEqual(indexes.sort(), [0, 1]);
      },
    },
    {
      title: 'breaks for all, in every form, when one of them aborts it, resets it while they wait, or has no more time',
      async run(env) {
        for (const end of [abortIt, resetIt, 'timeout'] as const) {
          const [barrier, board] = [await env.make(4), env.board()];
          const others = ([blocked, 'promise'] as const).map((form) => env.start(waitOnce, barrier, board, form));
          await waiting(barrier, 2);
          const own = assert.rejects(barrier.wait(end === 'timeout' ? { timeout: 30 } : {}), BROKEN);
          if (end !== 'timeout') {
            // A call whose answer is not there may be overtaken by one of another client of a manager.
            await waiting(barrier, 3);
            await env.start(end, barrier).result;
          }
          await inTime(own, 'the event loop');
          for (const { result } of others) assert.equal(await inTime(result, 'a party'), BROKEN.code);
          assert.equal(await barrier.broken, end !== resetIt);
        }
      },
    },
    {
      title: 'lets those through who had all come, even when one of them is killed right then',
      async run(env) {
        const [barrier, board] = [await env.make(3), env.board()];
        const victim = env.start(waitOnce, barrier, board, blocked);
        const other = env.start(waitOnce, barrier, board, blocked);
        await waiting(barrier, 2);
        const own = barrier.wait();
        await inTime(own, 'the event loop');
        await victim.kill();
        assert.equal(typeof (await inTime(other.result, 'the other party')), 'number');
        assert.equal(await barrier.broken, false);
        // The place of the dead, who may not have left, is free for the next round.
        const next = [env.start(waitOnce, barrier, board, blocked), env.start(waitOnce, barrier, board, 'promise')];
        assert.equal(typeof (await inTime(barrier.wait(), 'the next round')), 'number');
        for (const { result } of next) assert.equal(typeof (await inTime(result, 'the next round')), 'number');
      },
    },
    sendableCase(
      (env) => env.make(2),
      async (barrier, board) => {
        await barrier.wait();
        await raised(board, READY);
        raise(board, GO);
      },
      meet,
      blocked,
    ),
  ];
}
