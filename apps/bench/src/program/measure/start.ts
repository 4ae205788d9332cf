import { setTimeout as rest } from 'node:timers/promises';
import { Process, type ProcessOptions } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { now, report } from '../protocol.js';
import { mark, RAN } from '../targets/mark.js';

type StartMethod = ProcessOptions['startMethod'];

export function startJoin(order: Work): Promise<void> {
  return measureStarts(order, 'spawn');
}

export function startJoinForkserver(order: Work): Promise<void> {
  return measureStarts(order, 'forkserver');
}

export function startJoinThread(order: Work): Promise<void> {
  return measureStarts(order, 'thread');
}

async function measureStarts(order: Work, startMethod: StartMethod): Promise<void> {
  await startAndJoin(order.warmup, startMethod, order.pauseMs);
  const { ran, elapsed } = await startAndJoin(order.operations, startMethod, order.pauseMs);
  report(order, elapsed, { ran });
}

/** @returns how many ran, and the time they took without the rests before them. */
async function startAndJoin(count: number, startMethod: StartMethod, pauseMs: number | undefined): Promise<{ ran: number; elapsed: bigint }> {
  let ran = 0;
  let elapsed = 0n;
  for (let i = 0; i < count; i++) {
    if (pauseMs !== undefined) await rest(pauseMs);
    const start = now();
    const member = new Process({ target: mark, startMethod }).start();
    await member.join();
    elapsed += now() - start;
    if (member.exitCode === RAN) ran++;
  }
  return { ran, elapsed };
}
