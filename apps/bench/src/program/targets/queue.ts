/** What each of the two processes of a queue row does. */
import type { Queue } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { itemsOf, mustBeSame, type Items } from '../items.js';
import { Scoreboard, TIMED, WARM_UP } from '../scoreboard.js';

export function produce(queue: Queue<unknown>, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(0, WARM_UP);
  for (let i = 0; i < work.warmup; i++) queue.putSync(items.make(i));
  board.meet(0, TIMED);
  for (let i = 0; i < work.operations; i++) queue.putSync(items.make(i));
  board.finish(0, work.operations);
}

export function consume(queue: Queue<unknown>, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(1, WARM_UP);
  takeAll(queue, items, work.warmup);
  board.meet(1, TIMED);
  takeAll(queue, items, work.operations);
  board.finish(1, work.operations);
}

function takeAll(queue: Queue<unknown>, items: Items, count: number): void {
  for (let i = 0; i < count; i++) mustBeSame(items, queue.getSync(), i);
}

/** What `Queue` and `SimpleQueue` have alike. */
export type BlockingQueue = Pick<Queue<unknown>, 'putSync' | 'getSync'>;

export function pingBlocking(there: BlockingQueue, back: BlockingQueue, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(0, WARM_UP);
  rallyBlocking(there, back, items, work.warmup);
  board.meet(0, TIMED);
  rallyBlocking(there, back, items, work.operations);
  board.finish(0, work.operations);
}

function rallyBlocking(there: BlockingQueue, back: BlockingQueue, items: Items, count: number): void {
  for (let i = 0; i < count; i++) {
    there.putSync(items.make(i));
    mustBeSame(items, back.getSync(), i);
  }
}

export function echoBlocking(there: BlockingQueue, back: BlockingQueue, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(1, WARM_UP);
  for (let i = 0; i < work.warmup; i++) back.putSync(there.getSync());
  board.meet(1, TIMED);
  for (let i = 0; i < work.operations; i++) back.putSync(there.getSync());
  board.finish(1, work.operations);
}

export async function ping(there: Queue<unknown>, back: Queue<unknown>, memory: Uint8Array, work: Work): Promise<void> {
  const board = new Scoreboard(memory);
  const items = itemsOf(work.payload);
  board.meet(0, WARM_UP);
  await rally(there, back, items, work.warmup);
  board.meet(0, TIMED);
  await rally(there, back, items, work.operations);
  board.finish(0, work.operations);
}

async function rally(there: Queue<unknown>, back: Queue<unknown>, items: Items, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await there.put(items.make(i));
    mustBeSame(items, await back.get(), i);
  }
}

export async function echo(there: Queue<unknown>, back: Queue<unknown>, memory: Uint8Array, work: Work): Promise<void> {
  const board = new Scoreboard(memory);
  board.meet(1, WARM_UP);
  for (let i = 0; i < work.warmup; i++) await back.put(await there.get());
  board.meet(1, TIMED);
  for (let i = 0; i < work.operations; i++) await back.put(await there.get());
  board.finish(1, work.operations);
}
