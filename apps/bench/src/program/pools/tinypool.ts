import { Tinypool } from 'tinypool';
import type { OpenPool } from './task-pool.js';

/** tinypool on threads or on processes; these get the serialization that keeps bytes where the row sends some. */
export const open: OpenPool = ({ kind, step, workers }) => {
  const pool = new Tinypool({
    filename: new URL('./tinypool-worker.js', import.meta.url).href,
    runtime: kind === 'thread' ? 'worker_threads' : 'child_process',
    ...(step === 'bytes' ? { serialization: 'advanced' } : {}),
    minThreads: workers,
    maxThreads: workers,
  });
  return {
    run: (name, value) => pool.run(value, { name }) as Promise<unknown>,
    move: (bytes) => pool.run(bytes, { name: 'echoMoved', transferList: [bytes.buffer] }) as Promise<unknown>,
    close: () => pool.destroy(),
  };
};
