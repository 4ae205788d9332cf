import { Pool, ThreadPool, transfer } from 'manycore';
import { echoMoved } from './manycore-tasks.js';
import type { OpenPool, TaskName } from './task-pool.js';
import { addOne, echo, pid } from './tasks.js';

const TASKS = { addOne, echo, echoMoved, pid } as Readonly<Record<TaskName, (value: unknown) => unknown>>;

/** `Pool`, or `ThreadPool`. */
export const open: OpenPool = ({ kind, workers }) => {
  const pool = kind === 'thread' ? new ThreadPool(workers) : new Pool(workers);
  return {
    run: (task, value) => pool.apply(TASKS[task], [value]),
    move: (bytes) => pool.apply(echoMoved, [transfer(bytes)]),
    map: (values, chunkSize) => pool.map(addOne, values, chunkSize === undefined ? {} : { chunkSize }),
    close: () => pool.terminate(),
  };
};
