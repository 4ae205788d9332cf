export { getAllStartMethods, getContext, getStartMethod, setStartMethod, type Context } from './context.js';
export { cpuCount, processCpuCount } from './cpu-count.js';
export { activeChildren, currentProcess, isMainProcess, parentProcess } from './current.js';
export { BootstrappingError, ProcessError } from './errors.js';
export type { ParentProcess } from './parent-process.js';
export type { ProcessOptions, SignalOptions } from './process-options.js';
export { Process } from './process.js';
export type { StartMethod } from './start/method.js';
export type { StdioTarget } from './start/options.js';
export { AsyncResult } from './pool/async-result.js';
export { carryContext } from './pool/carried-context.js';
export type { PoolTaskMessage, PoolWorkerMessage } from './pool/channels.js';
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
export type { ApplyOptions, ImapOptions, MapOptions, MapProgress, TaskProgress } from './pool/pool-call-options.js';
export { Pool, ThreadPool } from './pool/pool.js';
export type { PoolOptions } from './pool/pool-options.js';
export type { PoolStats, PoolWorkerStats } from './pool/pool-stats.js';
export type { Timeline, TraceEvent } from './pool/timeline.js';
export type { PoolAffinity } from './pool/worker-affinity.js';
export { setForkserverPreload } from './start/preload.js';
export type { ResourceLimits } from './start/resource-limits.js';
