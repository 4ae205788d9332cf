/** For the packages of this project only: no promise is made to anybody else. */
export * from './index.js';
export { defineError, type ManycoreErrorOptions } from './errors.js';
export { countChild, identity, setIdentity, THREAD_IDENTITY, type Identity, type ThreadIdentity } from './identity.js';
export { bytesOf } from './memory/block-bytes.js';
export type { Block, BlockWords } from './memory/block.js';
export type { Heap } from './memory/heap.js';
export { cycleThrough, describeCycle, isSameCycle, type CycleLink } from './diagnosis/cycle.js';
export { registerLockType, type LockType } from './diagnosis/lock-types.js';
export { waitersAt } from './diagnosis/waiters.js';
export { PAGE_BYTES, SLOT_COUNT } from './session/layout.js';
export { newBytes } from './memory/new-bytes.js';
export { sharedCopy } from './memory/shared-buffer.js';
export { presenceOf } from './memory/objects.js';
export { mapBuffer, mapFile } from './memory/windows.js';
export { AtomicWords, type Words } from './memory/words.js';
export { BUNDLE_HINT, packageFile } from './installation.js';
export { INET, native, nativeFile, READABLE, UNIX, WRITABLE, type Native, type Watcher } from './native.js';
export { charge } from './memory/allocator.js';
export { BUSY, type Attempt } from './parking/async-waits.js';
export { deadlineOf, describe, now, remaining, type Deadline } from './parking/deadline.js';
export { isWaitable, READY, type Readiness, type Waitable } from './parking/readiness.js';
export { slotOf, type Kernel } from './parking/kernel.js';
export {
  HAND_OVER_LOOP_MS, HAND_OVER_MS, holdsLock, LOCK_QUEUE, lockAsleep, lockAwake, lockBlocked, lockHolder, lockOwner, LockWaiter, ROBUST_LOCK_WORDS, tryLock, tryLockQueued, unlock, withdraw,
  type LockResult,
} from './parking/robust-lock.js';
export { learnFromSleep, MOST_LOADS, MOST_LOADS_ASYNC, newPatience, spinFor, spinWhile, spinWhileNot, type Patience } from './parking/spin.js';
export { delist, hasWaiters, SLICE_MS, WAIT_QUEUE_WORDS, waitBlocked, wakeAll, wakeOne, type Spinner } from './parking/wait-queue.js';
export { joinSession, session, type Inheritance, type Session } from './session/session.js';
export { mainScriptUrl, setMainScriptUrl } from './target/main-script.js';
export { nameClass, nameTarget } from './target/name.js';
export { notLoaded } from './target/not-loaded.js';
export { register as registerName } from './target/registry.js';
export { resolveClass, resolveTarget, resolveTargetBlocking } from './target/resolve.js';
export type { ExportName, TargetName } from './target/target-name.js';
export { backingOf, registerBacking } from './transfer/backing.js';
export { makeTrackedFolder } from './tracking/tracked-folder.js';
export { fileIsPublished, refuseBeyondBudget, trackFile, untrackFile, type TrackOptions } from './tracking/track-file.js';
export { blocksOf, decode, loadModules, type DecodeOptions } from './transfer/decoder.js';
export { encode, encodeApart } from './transfer/encode.js';
export type { Encoded } from './transfer/encoded.js';
export { encodeThrown, setOrigin } from './transfer/error.js';
export { defineReducer } from './transfer/reducer.js';
export { neverSent, registerShareable, SHARE, type BlockRef, type Shareable, type ShareRecord } from './transfer/shareable.js';
