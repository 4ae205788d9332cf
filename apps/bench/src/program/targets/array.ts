/** What each of the two processes of an array row does. One receiver serves all rows: where an array lies, it does not see. */
import { share, sharedBuffer, type Connection } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { arraysOf, preparedArrays, type Arrays } from '../arrays.js';
import { Scoreboard, TIMED, WARM_UP } from '../scoreboard.js';

/** Arrays in memory of this process: a pipe copies them. */
export function sendCopies(connection: Connection, memory: Uint8Array, work: Work): void {
  const prepared = preparedArrays(arraysOf(work.arrayBytes), () => privateArray(work));
  sendAll(connection, memory, work, (i) => prepared[i % prepared.length] as Float64Array);
}

/** Arrays in shared memory: a pipe passes on where they are. */
export function sendHandles(connection: Connection, memory: Uint8Array, work: Work): void {
  const prepared = preparedArrays(arraysOf(work.arrayBytes), () => sharedArray(work));
  sendAll(connection, memory, work, (i) => prepared[i % prepared.length] as Float64Array);
}

/** Arrays in memory of this process, each copied into new shared memory. */
export function sendIntoShared(connection: Connection, memory: Uint8Array, work: Work): void {
  const prepared = preparedArrays(arraysOf(work.arrayBytes), () => privateArray(work));
  sendAll(connection, memory, work, (i) => share(prepared[i % prepared.length] as Float64Array));
}

function privateArray({ arrayBytes = 0 }: Work): Float64Array {
  return new Float64Array(arrayBytes / Float64Array.BYTES_PER_ELEMENT);
}

function sharedArray({ arrayBytes = 0 }: Work): Float64Array {
  const { buffer, byteOffset } = sharedBuffer(arrayBytes);
  return new Float64Array(buffer, byteOffset, arrayBytes / Float64Array.BYTES_PER_ELEMENT);
}

function sendAll(connection: Connection, memory: Uint8Array, work: Work, make: (i: number) => Float64Array): void {
  const board = new Scoreboard(memory);
  board.meet(0, WARM_UP);
  sendRange(connection, make, 0, work.warmup);
  board.meet(0, TIMED);
  sendRange(connection, make, work.warmup, work.warmup + work.operations);
  board.finish(0, work.operations);
}

/** @throws Error when an array was answered as another one. */
function sendRange(connection: Connection, make: (i: number) => Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    connection.sendSync(make(i));
    const answer = connection.recvSync();
    if (answer !== i) throw new Error(`Array ${i} was answered as ${String(answer)}.`);
  }
}

export function receiveArrays(connection: Connection, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  const arrays = arraysOf(work.arrayBytes);
  board.meet(1, WARM_UP);
  receiveRange(connection, arrays, 0, work.warmup);
  board.meet(1, TIMED);
  receiveRange(connection, arrays, work.warmup, work.warmup + work.operations);
  board.finish(1, work.operations);
}

/** Answers each array with its number once it was checked. */
function receiveRange(connection: Connection, arrays: Arrays, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    arrays.mustArrive(connection.recvSync(), i);
    connection.sendSync(i);
  }
}
