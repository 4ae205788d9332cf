import { Piscina } from 'piscina';
import type { OpenPool } from './task-pool.js';

/** piscina as it is when nothing is set but the number of threads. */
export const open: OpenPool = ({ workers }) => {
  const pool = new Piscina<unknown, unknown>({ filename: new URL('./piscina-worker.js', import.meta.url).href, minThreads: workers, maxThreads: workers });
  return {
    run: (name, value) => pool.run(value, { name }),
    move: (bytes) => pool.run(bytes, { name: 'echoMoved', transferList: [bytes.buffer] }),
    close: () => pool.destroy(),
  };
};
