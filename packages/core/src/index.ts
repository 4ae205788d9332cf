export { configure, type Configuration } from './session/budget.js';
export { lockGraph, type LockCycleMember, type LockGraph, type LockGraphObject, type LockGraphThread, type LockGraphWaiter, type LockReference } from './diagnosis/lock-graph.js';
export { memoryUsage, type MemoryUsage } from './session/memory-usage.js';
export { sharedBuffer } from './memory/shared-buffer.js';
export type { SyncWaitOptions, WaitOptions } from './parking/deadline.js';
export { functionRef } from './target/function-ref.js';
export { inline } from './target/inline.js';
export { task } from './target/task.js';
export { registerReducer } from './transfer/reducer.js';
export { transfer, type Transferable } from './transfer/transfer.js';
export {
  AlreadyExistsError, CancelledError, ClosedError, InvalidStateError, ManycoreError, NativeError, NotFoundError, OutOfMemoryError, RemoteError, SerializationError, TargetError, TimeoutError,
} from './errors.js';
export { ProcessLimitError, SessionError } from './session/errors.js';
