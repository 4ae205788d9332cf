export { BoundedSemaphore } from './bounded-semaphore.js';
export { CountDownLatch } from './count-down-latch.js';
export { AbandonedLockError, LockError } from './errors.js';
export { Event } from './event.js';
export { Guard } from './guard.js';
export { Lock, type LockOptions } from './lock.js';
export { RWLock } from './rwlock.js';
export { Semaphore, type SemaphoreOptions } from './semaphore.js';
export type { Abandoned } from './abandonment.js';
