import { pool as openPool } from 'workerpool';
import { fileURLToPath } from 'node:url';
import type { OpenPool } from './task-pool.js';

/** workerpool on threads or on processes; these get the serialization that keeps bytes where the row sends some. */
export const open: OpenPool = ({ kind, step, workers }) => {
  const pool = openPool(fileURLToPath(new URL('./workerpool-worker.js', import.meta.url)), {
    workerType: kind,
    minWorkers: workers,
    maxWorkers: workers,
    ...(step === 'bytes' ? { forkOpts: { serialization: 'advanced' } } : {}),
  });
  return {
    run: (task, value) => pool.exec(task, [value]) as PromiseLike<unknown>,
    move: (bytes) => pool.exec('echoMoved', [bytes], { transfer: [bytes.buffer] }) as PromiseLike<unknown>,
    close: () => pool.terminate() as PromiseLike<unknown>,
  };
};
