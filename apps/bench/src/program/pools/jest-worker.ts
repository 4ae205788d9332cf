import { Worker } from 'jest-worker';
import { fileURLToPath } from 'node:url';
import type { OpenPool, TaskName } from './task-pool.js';

type Farm = Worker & Readonly<Record<TaskName, (value: unknown) => Promise<unknown>>>;

/** jest-worker on processes. */
export const open: OpenPool = ({ workers }) => {
  const farm = new Worker(fileURLToPath(new URL('./tasks.js', import.meta.url)), { numWorkers: workers, exposedMethods: ['addOne', 'echo', 'pid'] }) as Farm;
  return {
    run: (task, value) => farm[task](value),
    close: () => farm.end(),
  };
};
