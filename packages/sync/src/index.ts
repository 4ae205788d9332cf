export { AbandonedLockError, BrokenBarrierError, LockError } from './errors.js';
export { Barrier, type BarrierOptions } from './barrier.js';
export type { BarrierAction } from './barrier-action.js';
export { Event } from './event.js';
export { Guard } from './guard.js';
export { Lock, type LockOptions } from './lock.js';
export { Once } from './once.js';
export type { Abandoned } from './abandonment.js';
