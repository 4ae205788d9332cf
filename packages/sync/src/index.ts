export { Condition } from './condition.js';
export { AbandonedLockError, DeadlockError, LockError } from './errors.js';
export { Event } from './event.js';
export { Guard } from './guard.js';
export { Lock, type LockOptions } from './lock.js';
export { RLock } from './rlock.js';
export type { Abandoned } from './abandonment.js';
