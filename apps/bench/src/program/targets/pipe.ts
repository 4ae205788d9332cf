/** What each of the two processes of a pipe row does. */
import type { Connection } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { itemsOf, mustBeSame, type Items } from '../items.js';
import { Scoreboard, TIMED, WARM_UP } from '../scoreboard.js';

export function pingPipeBlocking(connection: Connection, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(0, WARM_UP);
  rallyBlocking(connection, items, work.warmup);
  board.meet(0, TIMED);
  rallyBlocking(connection, items, work.operations);
  board.finish(0, work.operations);
}

function rallyBlocking(connection: Connection, items: Items, count: number): void {
  for (let i = 0; i < count; i++) {
    connection.sendSync(items.make(i));
    mustBeSame(items, connection.recvSync(), i);
  }
}

export function echoPipeBlocking(connection: Connection, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(1, WARM_UP);
  for (let i = 0; i < work.warmup; i++) connection.sendSync(connection.recvSync());
  board.meet(1, TIMED);
  for (let i = 0; i < work.operations; i++) connection.sendSync(connection.recvSync());
  board.finish(1, work.operations);
}

export async function pingPipe(connection: Connection, memory: Uint8Array, work: Work): Promise<void> {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(0, WARM_UP);
  await rally(connection, items, work.warmup);
  board.meet(0, TIMED);
  await rally(connection, items, work.operations);
  board.finish(0, work.operations);
}

async function rally(connection: Connection, items: Items, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await connection.send(items.make(i));
    mustBeSame(items, await connection.recv(), i);
  }
}

export async function echoPipe(connection: Connection, memory: Uint8Array, work: Work): Promise<void> {
  const board = new Scoreboard(memory);
  board.meet(1, WARM_UP);
  for (let i = 0; i < work.warmup; i++) await connection.send(await connection.recv());
  board.meet(1, TIMED);
  for (let i = 0; i < work.operations; i++) await connection.send(await connection.recv());
  board.finish(1, work.operations);
}

export function sendBytes(writer: Connection, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(0, WARM_UP);
  for (let i = 0; i < work.warmup; i++) writer.sendBytesSync(items.make(i) as Uint8Array);
  board.meet(0, TIMED);
  for (let i = 0; i < work.operations; i++) writer.sendBytesSync(items.make(i) as Uint8Array);
  board.finish(0, work.operations);
}

export function receiveBytes(reader: Connection, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(1, WARM_UP);
  for (let i = 0; i < work.warmup; i++) mustBeSame(items, reader.recvBytesSync(), i);
  board.meet(1, TIMED);
  for (let i = 0; i < work.operations; i++) mustBeSame(items, reader.recvBytesSync(), i);
  board.finish(1, work.operations);
}
