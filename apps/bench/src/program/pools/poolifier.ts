import { FixedClusterPool, FixedThreadPool } from 'poolifier';
import { fileURLToPath } from 'node:url';
import type { OpenPool } from './task-pool.js';

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * poolifier on threads or in a cluster, with its queue, without which a worker is sent everything at once. Processes get the serialization
 * that keeps bytes where the row sends some.
 */
export const open: OpenPool = ({ kind, step, workers }) => {
  const settings = step === 'bytes' ? { serialization: 'advanced' as const } : {};
  const pool = kind === 'thread'
    ? new FixedThreadPool<unknown, unknown>(workers, program('./poolifier-thread.js'), { enableTasksQueue: true })
    : new FixedClusterPool<unknown, unknown>(workers, program('../../../node/poolifier-process.cjs'), { enableTasksQueue: true, settings });
  return {
    run: (task, value) => pool.execute(value, task),
    close: () => pool.destroy(),
  };
};
