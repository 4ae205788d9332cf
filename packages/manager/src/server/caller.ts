/**
 * Who calls the method of a referent that is running now. Referents that give something away for a time (locks, permits, parties of a barrier, items that are to be done) learn from it whom they gave it to, and when
 * that client is gone.
 */
import { InvalidStateError } from '@manycore/core';

/** One thread of one process; for calls that code in the server makes itself, the server. */
export interface CallerClient {
  readonly pid: number;
  /** As `currentProcess().name` there. */
  readonly name: string;
  /** Runs `release` when the client is gone: its connection ended, whatever the reason; at once when it is gone already. The result takes that back. */
  holds(release: () => void): () => void;
}

/** One call. */
export interface Caller {
  readonly client: CallerClient;
  /** Made when it is first asked for; aborted when the call is cancelled or the client is gone. */
  readonly signal: AbortSignal;
  /** The async call tree of the client, for locks whose owner that is; undefined: its thread. */
  readonly tree: number | undefined;
  /** Says that the method will answer by itself, however late, when the call is cancelled; else the call of a method that does not answer at once is given up. */
  answersCancel(): void;
}

let current: Caller | undefined;

/**
 * The call that is being made.
 * @throws InvalidStateError after the synchronous part of a method: keep the result for later.
 */
export function caller(): Caller {
  if (current === undefined) throw new InvalidStateError('caller(): no call of a client is being made; ask at the beginning of the method, before the first await.');
  return current;
}

/** Runs the synchronous part of a method. */
export function asCaller<R>(who: Caller, run: () => R): R {
  const before = current;
  current = who;
  try {
    return run();
  } finally {
    current = before;
  }
}
