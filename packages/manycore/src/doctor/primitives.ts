/** How long the main primitives take here. A glance, in one process and to one other: `apps/bench` of the repository measures. */
import { functionRef } from '@manycore/core';
import { Pool, Process } from '@manycore/process';
import { Pipe, Queue } from '@manycore/queues';
import { Value } from '@manycore/shared';
import { Event, Lock } from '@manycore/sync';
import type * as targets from './targets.js';

export type PrimitiveReport = { readonly name: string; readonly ns: number } | { readonly name: string; readonly error: string };

type Measure = () => number | Promise<number>;

/** A batch should take so long that the clock and the compiler do not matter, and short enough for a few of them. */
const BATCH_MS = 20;
const BATCHES = 5;

const MEASURES: Readonly<Record<string, Measure>> = {
  'Lock: acquire and release': () => {
    const lock = new Lock();
    return fastest(() => {
      lock.acquireSync();
      lock.release();
    });
  },
  'Value: add(1)': () => {
    const value = new Value('i', 0);
    return fastest(() => value.add(1));
  },
  'Event: isSet': () => {
    const event = new Event();
    return fastest(() => event.isSet());
  },
  'Queue: put and get': () => {
    using queue = new Queue<number>();
    return fastest(() => {
      queue.putSync(1);
      queue.getSync();
    });
  },
  'Pipe: to a process and back': pipe,
  'Pool: apply': pool,
};

export async function measurePrimitives(): Promise<PrimitiveReport[]> {
  const reports: PrimitiveReport[] = [];
  for (const [name, measure] of Object.entries(MEASURES)) {
    try {
      reports.push({ name, ns: await measure() });
    } catch (error) {
      reports.push({ name, error: (error as Error).message });
    }
  }
  return reports;
}

const target = <K extends 'echo' | 'nothing'>(name: K) => functionRef<typeof targets, K>(new URL('./targets.js', import.meta.url), name);

async function pipe(): Promise<number> {
  const [here, there] = Pipe();
  const child = new Process({ target: target('echo'), args: [there], daemon: true });
  child.start();
  there.close();
  try {
    return fastest(() => {
      here.sendSync(1);
      here.recvSync();
    });
  } finally {
    here.sendSync(null);
    here.close();
    await child.join();
  }
}

async function pool(): Promise<number> {
  await using workers = new Pool(1);
  const nothing = target('nothing');
  return await fastestAsync(() => workers.apply(nothing));
}

/** The time of one call in the fastest batch. */
function fastest(call: () => unknown): number {
  let best = Infinity;
  for (let batch = 0; batch < BATCHES; batch++) {
    const since = performance.now();
    let calls = 0;
    let took = 0;
    while (took < BATCH_MS) {
      for (let i = 0; i < 100; i++) call();
      calls += 100;
      took = performance.now() - since;
    }
    best = Math.min(best, took / calls);
  }
  return best * 1e6;
}

async function fastestAsync(call: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let batch = 0; batch < BATCHES; batch++) {
    const since = performance.now();
    let calls = 0;
    let took = 0;
    while (took < BATCH_MS) {
      await call();
      calls++;
      took = performance.now() - since;
    }
    best = Math.min(best, took / calls);
  }
  return best * 1e6;
}
