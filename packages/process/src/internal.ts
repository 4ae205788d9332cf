/** For the packages of this project only: no promise is made to anybody else. */
export * from './index.js';
export { REJECT, RESOLVE } from './pool/async-result.js';
export { isolated } from './pool/isolated.js';
export { isThenable } from './pool/run-items.js';
export { isAsyncIterable, isIterable, type Input } from './pool/chunks.js';
export { mustBeFunction, taskOptions, wholeNumber, type CallOptions } from './pool/call-options.js';
export { Publisher } from './pool/channels.js';
export { ticks } from './pool/clock.js';
export type { EngineOptions } from './pool/engine-options.js';
export { Engine } from './pool/engine.js';
export type { Feeder } from './pool/feeder.js';
export { Lookout } from './pool/lookout.js';
export { Origins, type Origin } from './pool/origins.js';
export { CALL, EACH, MAP, STARMAP, type MixedResults } from './pool/protocol.js';
export { Task, type TaskListener, type TaskOptions } from './pool/task.js';
export { finiteNumber, mustBeOptions, WORKER_OPTIONS, workerSettings, type WorkerOptions } from './pool/worker-options.js';
export { waitFor } from './wait.js';
