/** Measures a worker thread that does nothing, from start to end. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { now, orderedWork, report } from './protocol.js';

const RAN = 7;

const work = orderedWork();
await startAndJoin(work.warmup);
const start = now();
const ran = await startAndJoin(work.operations);
report(work, now() - start, { ran });

async function startAndJoin(count: number): Promise<number> {
  let ended = 0;
  for (let i = 0; i < count; i++) {
    const [code] = (await once(new Worker(`process.exit(${RAN})`, { eval: true }), 'exit')) as [number];
    if (code === RAN) ended++;
  }
  return ended;
}
