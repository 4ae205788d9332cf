/**
 * What `waitReady` has to know of an object: when it is ready, and where to wait for that. Objects that can be waited for have a method under the symbol `READY`.
 */
import type { Words } from '../memory/words.js';
import type { BUSY } from './async-waits.js';

/** Method name under which an object tells its `Readiness`. Registered, so that it is the same in every copy of this package. */
export const READY: unique symbol = Symbol.for('manycore.ready') as never;

export interface Readiness {
  /**
   * Whether a call that takes something would not wait now. Consumes nothing, does not block. `lookForDead`: with a look at participants that may have died. BUSY as in async-waits.ts.
   * @throws ClosedError, InvalidStateError when it cannot be waited for any more.
   */
  isReady(lookForDead: boolean): boolean | typeof BUSY;
  /** The places in shared memory where those wait whom a change concerns; none for an object outside of it. */
  readonly places: readonly { readonly words: Words; readonly queue: number }[];
  /**
   * A descriptor that polls readable when the object may have become ready, where it has one. To be duplicated (`native().dupSocket`) by whoever watches it: it may be closed meanwhile, and an event
   * loop watches a descriptor once only.
   */
  readonly fd?: number;
  /**
   * Has `look` called when the object may have become ready, or cannot be waited for any more, by something in this thread that shows neither at the places nor at the descriptor; returns how to stop
   * that, which must be called. Absent where nothing of the kind happens.
   */
  readonly whenChanged?: (look: () => void) => () => void;
}

export interface Waitable {
  [READY](): Readiness;
}

export function isWaitable(value: unknown): value is Waitable {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Waitable>)[READY] === 'function';
}
