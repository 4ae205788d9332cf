/** The types that are for meeting and handing over: what each is made by in the server, and what clients may call. */
import type { OwnTypeOptions } from '../registry.js';
import { BarrierProxy } from './barrier-proxy.js';
import { BarrierReferent } from './barrier.js';
import { ConditionProxy } from './condition-proxy.js';
import { ConditionReferent } from './condition.js';
import { EventProxy } from './event-proxy.js';
import { EventReferent } from './event.js';
import { JoinableQueueProxy } from './joinable-queue-proxy.js';
import { JoinableQueueReferent } from './joinable-queue.js';
import { LockProxy } from './lock-proxy.js';
import { LockReferent } from './lock.js';
import { PoolProxy, preparePool } from './pool-proxy.js';
import { PoolReferent } from './pool.js';
import { QueueProxy } from './queue-proxy.js';
import { QueueReferent } from './queue.js';
import { RLockProxy } from './rlock-proxy.js';
import { RLockReferent } from './rlock.js';
import { BoundedSemaphoreProxy, SemaphoreProxy } from './semaphore-proxy.js';
import { BoundedSemaphoreReferent, SemaphoreReferent } from './semaphore.js';

const LOCK = ['acquire', 'tryAcquire', 'release', 'locked', 'holder', 'abandoned', 'recover'];
const TREES = ['acquireFor', 'releaseFor'];
const SEMAPHORE = ['acquire', 'tryAcquire', 'release', 'getValue', 'locked', 'holder'];
const QUEUE = ['put', 'putNowait', 'putMany', 'putAll', 'get', 'getNowait', 'getMany', 'takeAll', 'qsize', 'empty', 'full', 'shutdown', 'inspect'];
const POOL = ['size', 'apply', 'map', 'starmap', 'imapChunk', 'nextProgress', 'stats', 'timeline', 'close', 'terminate', 'join'];

/** The action of a barrier is a function among other options: it goes by name, as an argument of its own. */
function prepareBarrier([parties, options]: readonly unknown[]): readonly unknown[] {
  if (typeof options !== 'object' || options === null) return options === undefined ? [parties] : [parties, options];
  const { action, ...rest } = options as { action?: unknown };
  return action === undefined ? [parties, rest] : [parties, rest, action];
}

export const SYNC_TYPES: Readonly<Record<string, OwnTypeOptions>> = {
  Lock: { factory: LockReferent, exposed: LOCK, proxy: LockProxy },
  RLock: { factory: RLockReferent, exposed: [...LOCK, ...TREES], proxy: RLockProxy },
  Semaphore: { factory: SemaphoreReferent, exposed: SEMAPHORE, proxy: SemaphoreProxy },
  BoundedSemaphore: { factory: BoundedSemaphoreReferent, exposed: SEMAPHORE, proxy: BoundedSemaphoreProxy },
  Condition: { factory: ConditionReferent, exposed: [...LOCK, ...TREES, 'wait', 'notify', 'notifyAll'], proxy: ConditionProxy },
  Event: { factory: EventReferent, exposed: ['set', 'clear', 'isSet', 'wait'], proxy: EventProxy },
  Barrier: { factory: BarrierReferent, exposed: ['parties', 'nWaiting', 'broken', 'wait', 'abort', 'reset'], proxy: BarrierProxy, prepare: prepareBarrier },
  Queue: { factory: QueueReferent, exposed: QUEUE, proxy: QueueProxy },
  JoinableQueue: { factory: JoinableQueueReferent, exposed: [...QUEUE, 'getLeased', 'taskDone', 'join'], proxy: JoinableQueueProxy },
  Pool: { factory: PoolReferent, exposed: POOL, proxy: PoolProxy, prepare: preparePool },
};
