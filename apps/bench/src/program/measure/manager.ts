import { Manager, type SyncManager } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { itemsOf, mustBeSame } from '../items.js';
import { now, report } from '../protocol.js';

const KEYS = 64;
const IN_FLIGHT = 64;

/** Does `count` operations, and checks all of them. */
type Operations = (count: number) => Promise<void>;

async function measured(order: Work, prepare: (manager: SyncManager) => Promise<Operations>): Promise<void> {
  await using manager = await Manager();
  const run = await prepare(manager);
  await run(order.warmup);
  const start = now();
  await run(order.operations);
  report(order, now() - start, { checked: order.operations });
}

function mustBe(value: unknown, expected: unknown): void {
  if (value !== expected) throw new Error(`The manager gave ${String(value)} instead of ${String(expected)}.`);
}

async function numbered(manager: SyncManager) {
  const dict = await manager.dict<number, number>();
  for (let key = 0; key < KEYS; key++) await dict.set(key, key * 3);
  return dict;
}

export function managerDictGet(order: Work): Promise<void> {
  return measured(order, async (manager) => {
    const dict = await numbered(manager);
    return async (count) => {
      for (let i = 0; i < count; i++) mustBe(await dict.get(i % KEYS), (i % KEYS) * 3);
    };
  });
}

export function managerDictSet(order: Work): Promise<void> {
  return measured(order, async (manager) => {
    const dict = await numbered(manager);
    return async (count) => {
      for (let i = 0; i < count; i++) await dict.set(i % KEYS, i);
      for (let i = Math.max(0, count - KEYS); i < count; i++) mustBe(await dict.get(i % KEYS), i);
    };
  });
}

/** As many callers as calls are in flight, each with one at a time. */
export function managerDictGet64(order: Work): Promise<void> {
  return measured(order, async (manager) => {
    const dict = await numbered(manager);
    return async (count) => {
      let next = 0;
      const caller = async (): Promise<void> => {
        for (let i = next++; i < count; i = next++) mustBe(await dict.get(i % KEYS), (i % KEYS) * 3);
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
    };
  });
}

export function managerListAppend(order: Work): Promise<void> {
  return measured(order, async (manager) => {
    const list = await manager.list<number>();
    return async (count) => {
      const before = await list.length();
      for (let i = 0; i < count; i++) await list.append(i);
      const added = (await list.copy()).slice(before);
      mustBe(added.length, count);
      for (const [i, value] of added.entries()) mustBe(value, i);
    };
  });
}

export function managerQueue(order: Work): Promise<void> {
  const items = itemsOf(order.payload);
  return measured(order, async (manager) => {
    const queue = await manager.Queue<unknown>();
    return async (count) => {
      for (let i = 0; i < count; i++) {
        await queue.put(items.make(i));
        mustBeSame(items, await queue.get(), i);
      }
    };
  });
}
