/** What each of the four processes of the row with two producers and two consumers does. */
import type { Queue } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { itemsOf, mustBeSame, type Items } from '../items.js';
import { Scoreboard, TIMED, WARM_UP, type Side } from '../scoreboard.js';

/** An item that says who has put it; its `id` is its number with this producer. */
export interface Numbered {
  readonly producer: Side;
  readonly item: unknown;
}

const PRODUCERS = 2;
const CONSUMERS = 2;
const SIDES = PRODUCERS + CONSUMERS;

/** Puts half of the items, numbered from 0 over both phases. A producer is the side of its number. */
export function produceHalf(queue: Queue<Numbered>, memory: Uint8Array, producer: Side, work: Work): void {
  const board = new Scoreboard(memory, SIDES);
  const items = itemsOf(work.payload);
  const [warmup, operations] = [work.warmup / PRODUCERS, work.operations / PRODUCERS];
  board.meet(producer, WARM_UP);
  putRange(queue, items, producer, 0, warmup);
  board.meet(producer, TIMED);
  putRange(queue, items, producer, warmup, warmup + operations);
  board.finish(producer, operations);
}

function putRange(queue: Queue<Numbered>, items: Items, producer: Side, from: number, to: number): void {
  for (let i = from; i < to; i++) queue.putSync({ producer, item: items.make(i) });
}

/**
 * Gets half of the items. Consumers are the sides after the producers.
 * @param seen - counts how often each item came here.
 */
export function consumeHalf(queue: Queue<Numbered>, memory: Uint8Array, consumer: Side, seen: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory, SIDES);
  const side = PRODUCERS + consumer;
  const items = itemsOf(work.payload);
  const last = new Array<number>(PRODUCERS).fill(-1);
  board.meet(side, WARM_UP);
  getEach(queue, items, last, seen, work.warmup / CONSUMERS);
  board.meet(side, TIMED);
  getEach(queue, items, last, seen, work.operations / CONSUMERS);
  board.finish(side, work.operations / CONSUMERS);
}

/** @throws Error when an item came after a later one of its producer, or is another than was put. */
function getEach(queue: Queue<Numbered>, items: Items, last: number[], seen: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const { producer, item } = queue.getSync();
    const number = (item as { id: number }).id;
    const before = last[producer] as number;
    if (!(number > before)) throw new Error(`Item ${number} of producer ${producer} came after ${before}.`);
    last[producer] = number;
    mustBeSame(items, item, number);
    const place = number * PRODUCERS + producer;
    seen[place] = (seen[place] as number) + 1;
  }
}
