/** Four processes simulate together how heat spreads in a rod: each works on its own part, and all meet at a barrier after every step. */
import { Barrier, isMainProcess, Process, sharedBuffer } from 'manycore';

const CELLS = 1000;
const STEPS = 500;
const WORKERS = 4;

function spread(from: Float64Array, to: Float64Array, start: number, end: number): void {
  for (let i = Math.max(1, start); i < Math.min(CELLS - 1, end); i++) to[i] = from[i]! + 0.25 * (from[i - 1]! - 2 * from[i]! + from[i + 1]!);
}

export function simulate(barrier: Barrier, now: Float64Array, next: Float64Array, worker: number): void {
  const part = CELLS / WORKERS;
  for (let step = 0; step < STEPS; step++) {
    spread(now, next, worker * part, (worker + 1) * part);
    // Nobody goes on to the next step before everybody has finished this one.
    barrier.waitSync();
    [now, next] = [next, now];
  }
}

/** A cold rod with one hot end. */
function rod(buffer: ArrayBufferLike): Float64Array {
  const cells = new Float64Array(buffer, 0, CELLS);
  cells[0] = 100;
  return cells;
}

if (isMainProcess) {
  const [now, next] = [rod(sharedBuffer(CELLS * 8).buffer), rod(sharedBuffer(CELLS * 8).buffer)];
  const barrier = new Barrier(WORKERS);
  const workers = Array.from({ length: WORKERS }, (_, worker) => new Process({ target: simulate, args: [barrier, now, next, worker] }).start());
  await Promise.all(workers.map((worker) => worker.join()));

  let [alone, after] = [rod(new ArrayBuffer(CELLS * 8)), rod(new ArrayBuffer(CELLS * 8))];
  for (let step = 0; step < STEPS; step++) {
    spread(alone, after, 0, CELLS);
    [alone, after] = [after, alone];
  }
  console.log(`${WORKERS} processes, ${STEPS} steps: cell 10 has ${now[10]!.toFixed(2)} degrees`);
  console.log('the same as computed alone:', now.every((cell, i) => cell === alone[i]));
}
