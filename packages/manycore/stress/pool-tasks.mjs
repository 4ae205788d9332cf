/** What the workers of the pool campaign are given to do: each task notes in the ledger that it begins and that it ends, and answers with a number that follows from its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedBuffer } from 'manycore';

/** How a worker thread ends, which no signal can kill. */
export const LEAVES_WITH = 77;

/** How often each task has begun, and ended; it survives the workers. */
export function makeLedger(tasks) {
  return { begun: new Int32Array(sharedBuffer(4 * tasks).buffer, 0, tasks), ended: new Int32Array(sharedBuffer(4 * tasks).buffer, 0, tasks) };
}

let ledger;
/** The initializer. */
export function open(shared) {
  ledger = shared;
}

export const answerTo = (id) => Math.imul(id + 1, 0x9e3779b1) >>> 0;
/** The bytes of a task, and of its answer (`step` 1). */
export const bytesOf = (id, length, step = 0) => new Uint8Array(length).fill((id + step) & 255);

const begin = ({ id }) => Atomics.add(ledger.begun, id, 1);
function end({ id }, data) {
  Atomics.add(ledger.ended, id, 1);
  return { id, answer: answerTo(id), pid: process.pid, data };
}

export function quick(job) {
  begin(job);
  return end(job);
}

export async function waits(job) {
  begin(job);
  await sleep(job.ms);
  return end(job);
}

export function spins(job) {
  begin(job);
  for (const until = performance.now() + job.ms; performance.now() < until; );
  return end(job);
}

export function carries(job) {
  begin(job);
  const { id, data } = job;
  if (Buffer.compare(data, bytesOf(id, data.length)) !== 0) throw new Error(`the ${data.length} bytes of task ${id} are damaged`);
  return end(job, bytesOf(id, data.length, 1));
}

/** Counts in shared memory that its caller made for it. */
export function counts(job) {
  begin(job);
  Atomics.add(job.data, 0, 1);
  return end(job, job.data);
}

/** Runs until its worker is ended. */
export function isStuck(job) {
  begin(job);
  for (;;);
}

/** Ends its thread a little later, whatever that is at then. */
export function leaves(job) {
  begin(job);
  setTimeout(() => process.exit(LEAVES_WITH), job.ms);
  return end(job);
}
