export { cpuCount, processCpuCount } from './cpu-count.js';
export { activeChildren, currentProcess, isMainProcess, parentProcess } from './current.js';
export { BootstrappingError, ProcessError } from './errors.js';
export type { ParentProcess } from './parent-process.js';
export type { ProcessOptions } from './process-options.js';
export { Process, type SignalOptions } from './process.js';
export type { StdioTarget } from './start/options.js';
export { AsyncResult } from './pool/async-result.js';
export { currentTask, type CurrentTask } from './pool/current-task.js';
export {
  BrokenExecutorError,
  BrokenProcessPoolError,
  BrokenThreadPoolError,
  TaskTimeoutError,
  WorkerLostError,
  type TaskInfo,
} from './pool/errors.js';
export type { ImapIterator } from './pool/imap-iterator.js';
export { Pool, ThreadPool, type ApplyOptions, type ImapOptions, type MapOptions, type MapProgress, type TaskProgress } from './pool/pool.js';
export type { PoolOptions } from './pool/pool-options.js';
