import { ProcessPoolExecutor, ThreadPoolExecutor } from 'manycore';
import type { OpenPool, TaskName } from './task-pool.js';
import { addOne, echo, pid } from './tasks.js';

const TASKS = { addOne, echo, pid } as Readonly<Record<Exclude<TaskName, 'echoMoved'>, (value: unknown) => unknown>>;

/** `ProcessPoolExecutor`, or `ThreadPoolExecutor`. */
export const open: OpenPool = ({ kind, workers }) => {
  const executor = kind === 'thread' ? new ThreadPoolExecutor({ maxWorkers: workers }) : new ProcessPoolExecutor({ maxWorkers: workers });
  return {
    run: (task, value) => executor.submit(TASKS[task as Exclude<TaskName, 'echoMoved'>], value),
    map: async (values, chunkSize) => {
      const results: unknown[] = [];
      for await (const result of (chunkSize === undefined ? executor : executor.with({ chunkSize })).map(addOne, values)) results.push(result);
      return results;
    },
    close: () => executor.shutdown(),
  };
};
