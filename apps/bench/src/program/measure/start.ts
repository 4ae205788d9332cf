import { Process } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { now, report } from '../protocol.js';
import { mark, RAN } from '../targets/mark.js';

export async function startJoin(order: Work): Promise<void> {
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
