/** Options of the calls of a pool. */
import type { Transferable } from '@manycore/core';
import type { CallOptions } from './call-options.js';

/** Options of `apply`. */
export interface ApplyOptions<R> extends CallOptions {
  /** Called with the result, before it is ready for others. What it throws is a warning of the process, and nobody else's business. */
  callback?: ((value: R) => void) | undefined;
  /** Called with the error, in the same way. */
  errorCallback?: ((error: unknown) => void) | undefined;
  /**
   * Buffers among the arguments that are given away, as by `transfer`: detached here. A thread that is idle gets the very memory, and takes it along when it ends before it has begun; else they are copied once.
   */
  transfer?: readonly Transferable[] | undefined;
  /** Called with what the task reports (`currentTask().reportProgress`). */
  onProgress?: ((progress: TaskProgress) => void) | undefined;
}

/** What a task said of itself, by `currentTask().reportProgress(value)`. */
export interface TaskProgress {
  readonly value: unknown;
  readonly taskId: number;
}

/** Options of `map` and `starmap`. */
export interface MapOptions<R> extends CallOptions {
  /** Items that make one task; default: as CPython, so that each worker has four, and 1 where there is a `timeout`. */
  chunkSize?: number | undefined;
  /** Whether to fail with the first error that comes, and give up the rest; default false. */
  failFast?: boolean | undefined;
  /** Called after each chunk, and with what a task reports. */
  onProgress?: ((progress: MapProgress) => void) | undefined;
  /** Whether to show on stderr how far it is: a bar where that is a terminal, else a line, at most one a second and a last one; default false. */
  progress?: boolean | undefined;
  callback?: ((values: R[]) => void) | undefined;
  errorCallback?: ((error: unknown) => void) | undefined;
}

/** How far a map has come. */
export interface MapProgress {
  /** Items that are done, and how many there are. */
  readonly done: number;
  readonly total: number;
  /** What a task reported; absent when a chunk was done. */
  readonly value?: unknown;
  readonly taskId: number;
}

/** Options of `imap` and `imapUnordered`. */
export interface ImapOptions extends CallOptions {
  /** Items that make one task; default 1. */
  chunkSize?: number | undefined;
  /** How many items at most are pulled ahead of the consumer; default four chunks for each worker. */
  bufferSize?: number | undefined;
}
