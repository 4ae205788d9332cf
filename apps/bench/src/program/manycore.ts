/** Measures one scenario with the packages of this workspace. */
import { Lock, Process, Queue } from 'manycore';
import type { Work } from '../scenario/work.js';
import { itemsOf, mustBeSame } from './items.js';
import { runPair } from './pair.js';
import { now, orderedWork, report } from './protocol.js';
import { hammer } from './targets/lock.js';
import { mark, RAN } from './targets/mark.js';
import { consume, echo, echoBlocking, ping, pingBlocking, produce } from './targets/queue.js';

const work = orderedWork();
await measurementOf(work.scenario)(work);

function measurementOf(scenario: string): (work: Work) => void | Promise<void> {
  switch (scenario) {
    case 'lock-uncontended': return lockUncontended;
    case 'lock-contended':
    case 'lock-held': return lockOfTwo;
    case 'queue-oneway-object':
    case 'queue-oneway-string':
    case 'queue-oneway-1k':
    case 'queue-oneway-1m': return queueOneWay;
    case 'queue-roundtrip-blocking': return (order) => roundTrip(order, pingBlocking, echoBlocking);
    case 'queue-roundtrip-promises': return (order) => roundTrip(order, ping, echo);
    case 'queue-local': return queueLocal;
    case 'start-join': return startJoin;
    default: throw new Error(`There is no measurement of '${scenario}' with manycore.`);
  }
}

function lockUncontended(order: Work): void {
  const lock = new Lock();
  takeAndGive(lock, order.warmup);
  const start = now();
  takeAndGive(lock, order.operations);
  const elapsed = now() - start;
  const excluded = lock.tryAcquire() && !lock.tryAcquire();
  lock.release();
  report(order, elapsed, { excluded: excluded && !lock.locked() });
}

function takeAndGive(lock: Lock, count: number): void {
  for (let i = 0; i < count; i++) {
    lock.acquireSync();
    lock.release();
  }
}

async function lockOfTwo(order: Work): Promise<void> {
  const lock = new Lock();
  const board = await runPair((memory) => [
    new Process({ target: hammer, args: [lock, memory, 0, order] }),
    new Process({ target: hammer, args: [lock, memory, 1, order] }),
  ]);
  report(order, board.elapsedNs(), { counter: (board.counter[0] as number) - order.warmup, shares: [board.done(0), board.done(1)] });
}

async function queueOneWay(order: Work): Promise<void> {
  const queue = new Queue<unknown>(order.maxSize);
  const board = await runPair((memory) => [
    new Process({ target: produce, args: [queue, memory, order] }),
    new Process({ target: consume, args: [queue, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(1) });
}

type RoundTripSide = typeof ping | typeof pingBlocking;

async function roundTrip(order: Work, near: RoundTripSide, far: RoundTripSide): Promise<void> {
  const there = new Queue<unknown>(order.maxSize);
  const back = new Queue<unknown>(order.maxSize);
  const board = await runPair((memory) => [
    new Process({ target: near, args: [there, back, memory, order] }),
    new Process({ target: far, args: [there, back, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(0) });
}

function queueLocal(order: Work): void {
  const queue = new Queue<unknown>(order.maxSize);
  const items = itemsOf(order.payload);
  const putAndGet = (count: number): void => {
    for (let i = 0; i < count; i++) {
      queue.putSync(items.make(i));
      mustBeSame(items, queue.getSync(), i);
    }
  };
  putAndGet(order.warmup);
  const start = now();
  putAndGet(order.operations);
  report(order, now() - start, { checked: order.operations });
}

async function startJoin(order: Work): Promise<void> {
  await startAndJoin(order.warmup);
  const start = now();
  const ran = await startAndJoin(order.operations);
  report(order, now() - start, { ran });
}

async function startAndJoin(count: number): Promise<number> {
  let ran = 0;
  for (let i = 0; i < count; i++) {
    const member = new Process({ target: mark, startMethod: 'spawn' }).start();
    await member.join();
    if (member.exitCode === RAN) ran++;
  }
  return ran;
}
