/** The types that are for meeting and handing over: their proxies, and what clients may call. */
import type { OwnTypeOptions } from '../registry.js';
import { BarrierProxy } from './barrier-proxy.js';
import { ConditionProxy } from './condition-proxy.js';
import { EventProxy } from './event-proxy.js';
import { JoinableQueueProxy } from './joinable-queue-proxy.js';
import { LockProxy } from './lock-proxy.js';
import { PoolProxy, preparePool } from './pool-proxy.js';
import { QueueProxy } from './queue-proxy.js';
import { RLockProxy } from './rlock-proxy.js';
import { BoundedSemaphoreProxy, SemaphoreProxy } from './semaphore-proxy.js';

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

export const SYNC_TYPES = {
  Lock: { exposed: LOCK, proxy: LockProxy },
  RLock: { exposed: [...LOCK, ...TREES], proxy: RLockProxy },
  Semaphore: { exposed: SEMAPHORE, proxy: SemaphoreProxy },
  BoundedSemaphore: { exposed: SEMAPHORE, proxy: BoundedSemaphoreProxy },
  Condition: { exposed: [...LOCK, ...TREES, 'wait', 'notify', 'notifyAll'], proxy: ConditionProxy },
  Event: { exposed: ['set', 'clear', 'isSet', 'wait'], proxy: EventProxy },
  Barrier: { exposed: ['parties', 'nWaiting', 'broken', 'wait', 'abort', 'reset'], proxy: BarrierProxy, prepare: prepareBarrier },
  Queue: { exposed: QUEUE, proxy: QueueProxy },
  JoinableQueue: { exposed: [...QUEUE, 'getLeased', 'taskDone', 'join'], proxy: JoinableQueueProxy },
  Pool: { exposed: POOL, proxy: PoolProxy, prepare: preparePool },
} satisfies Record<string, OwnTypeOptions>;
