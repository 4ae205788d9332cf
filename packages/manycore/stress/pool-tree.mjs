/**
 * A main program of the pool campaign: a pool that many callers give work to at once, and whose workers are killed, a random one again and again; then a second one. Audits at the end.
 *
 * node pool-tree.mjs --method spawn|forkserver|thread [--kills N] [--seconds N] --seed S: prints one JSON line. Threads end by themselves, at random moments.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainProcess, Pool } from 'manycore';
import { Callers, MOST_TASKS } from './pool-callers.mjs';
import { makeLedger, open } from './pool-tasks.mjs';
import { holdings, notGivenBack, settled } from './given-back.mjs';
import { random } from './random.mjs';

/** Far more than anybody needs who is not forgotten. */
const STALL_MS = 20_000;
const LONGEST_PAUSE_MS = 60;
const MOST_WORKERS = 4;
/** A task that does not end is ended after so long: soon enough that many are at it. */
const GRACE_MS = 20;
/** Of the kills, those that may hit a worker that has done nothing yet. */
const EARLY = 0.2;

class Killer {
  kills = 0;
  /** What had been seen when one was killed that had done nothing yet: several such deaths in a row break a pool, so the next one has to wait until another has got on. */
  #earlyAt = -1;

  constructor(pool, callers, next, isOfThreads) {
    Object.assign(this, { pool, callers, next, isOfThreads });
  }

  /** Kills one, if there is one to be killed. */
  strike() {
    if (this.isOfThreads) {
      this.kills++;
      void this.callers.endThread().catch((error) => this.callers.problems.push(error.stack));
      return;
    }
    const { seen, killed } = this.callers;
    const mayBeEarly = seen.size > this.#earlyAt && this.next() < EARLY;
    const alive = this.pool.stats().workers.flatMap(({ pid }) => (pid === null || killed.has(pid) || !(mayBeEarly || seen.has(pid)) ? [] : [pid]));
    if (alive.length === 0) return;
    const pid = alive[Math.floor(this.next() * alive.length)];
    if (!seen.has(pid)) this.#earlyAt = seen.size;
    process.kill(pid, 'SIGKILL');
    killed.add(pid);
    this.kills++;
  }
}

/** Until the calls have ended, however long that takes, as long as they get on. */
async function untilEnded(calling, look) {
  let isOver = false;
  const ended = calling.finally(() => (isOver = true));
  for (; !isOver; look()) await Promise.race([ended, sleep(LONGEST_PAUSE_MS)]);
}

/** Fails when something goes on that does not come to its end. */
async function within(promise, what) {
  const over = new AbortController();
  const late = sleep(STALL_MS, undefined, { signal: over.signal }).then(() => Promise.reject(new Error(`${what} for ${STALL_MS} ms`)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}

/** In a function of its own, so that nothing of it is held afterwards. */
async function play({ method, workers: size, kills, seconds, next }) {
  const ledger = makeLedger(MOST_TASKS);
  const pool = new Pool(size, { startMethod: method, initializer: open, initArgs: [ledger], graceMs: GRACE_MS });
  const callers = new Callers(pool, next);
  const killer = new Killer(pool, callers, next, method === 'thread');
  const calling = callers.run();
  let longestStallMs = 0;
  let last = { ended: 0, at: performance.now() };
  const look = () => {
    const now = performance.now();
    if (callers.ended > last.ended) last = { ended: callers.ended, at: now };
    longestStallMs = Math.max(longestStallMs, now - last.at);
    if (now - last.at > STALL_MS) throw new Error(`no call has ended for ${STALL_MS} ms: ${JSON.stringify(pool.stats())}`);
  };
  for (const end = performance.now() + seconds * 1_000; performance.now() < end && killer.kills < kills && callers.problems.length === 0; look()) {
    await sleep(next() * LONGEST_PAUSE_MS);
    killer.strike();
  }
  callers.isOver = true;
  const isTerminated = (callers.isEnding = next() < 0.5);
  const ending = isTerminated ? pool.terminate() : (pool.close(), method !== "thread" && killer.strike(), pool.join());
  await untilEnded(calling, look);
  await within(ending, 'the pool has not ended');
  const { workers } = pool.stats();
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  return { workers: workers.length, kills: killer.kills, restarts, tasks: callers.numbers, ...callers.outcomes, longestStallMs: Math.round(longestStallMs), problems: callers.audit(ledger) };
}

/** Every number of the two, added. */
const sum = (one, other) => Object.fromEntries(Object.entries(one).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value + other[name]]] : [])));

async function main() {
  const { values } = parseArgs({ options: { method: { type: 'string', default: 'spawn' }, kills: { type: 'string', default: 'Infinity' }, seconds: { type: 'string', default: 'Infinity' }, seed: { type: 'string', default: '1' } } });
  const { method } = values;
  const next = random(Number(values.seed));
  const half = { method, workers: 1 + Math.floor(next() * MOST_WORKERS), kills: Number(values.kills) / 2, seconds: Number(values.seconds) / 2, next };
  // What a pool of that size takes at most, with its dead, stays: small blocks are kept for the next ones. A second one is to find it enough.
  const first = await play(half);
  await settled();
  const before = holdings();
  const second = await play(half);
  const problems = [...first.problems, ...second.problems, ...(await notGivenBack(before))];
  const result = { ...sum(first, second), workers: half.workers, longestStallMs: Math.max(first.longestStallMs, second.longestStallMs), problems };
  console.log(JSON.stringify(result));
  process.exitCode = result.problems.length > 0 ? 1 : 0;
}

if (isMainProcess) await main();
