/** Measures `node -e 0` from start to the exit that its parent sees. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { now, orderedWork, report } from './protocol.js';

const work = orderedWork();
await startAndJoin(work.warmup);
const start = now();
const ran = await startAndJoin(work.operations);
report(work, now() - start, { ran });

async function startAndJoin(count: number): Promise<number> {
  let ended = 0;
  for (let i = 0; i < count; i++) {
    const [code] = (await once(spawn(process.execPath, ['-e', '0'], { stdio: 'inherit' }), 'exit')) as [number | null];
    if (code === 0) ended++;
  }
  return ended;
}
