/** Options of the calls of an executor, checked. */
import type { Transferable } from '@manycore/core';
import { describe } from '@manycore/core/internal';
import { mustBeOptions, taskOptions, wholeNumber, type TaskOptions } from '@manycore/process/internal';

/** Options of `Executor.with`. */
export interface ExecutorCallOptions {
  /** Milliseconds that one task (a chunk, of a map) may run, from its beginning. Then it fails with TaskTimeoutError; when it does not end by itself (`currentTask().signal`), its worker is killed after `graceMs` and replaced. */
  timeout?: number | undefined;
  /** Aborts the calls, which then fail with `signal.reason`; a running task is ended as by `timeout`. */
  signal?: AbortSignal | undefined;
  /** Higher first; default 0. */
  priority?: number | undefined;
  /** How often a task is begun again when its worker dies; default 0. What the task itself throws is no reason. */
  retries?: number | undefined;
  /** Buffers among the arguments of `submit` that are moved and not copied, as by `transfer`. */
  transfer?: readonly Transferable[] | undefined;
  /** Items of a map that make one task; default 1. */
  chunkSize?: number | undefined;
  /** How many items of a map are pulled ahead of the consumer, at most; default: all are pulled at once, and run whether or not somebody consumes. */
  bufferSize?: number | undefined;
}

/** What executors are given with each call. */
export interface CallSettings {
  readonly task: TaskOptions;
  readonly transfer: readonly Transferable[] | undefined;
  readonly chunkSize: number;
  readonly bufferSize: number | undefined;
}

const KNOWN = ['timeout', 'signal', 'priority', 'retries', 'transfer', 'chunkSize', 'bufferSize'];

/** @param call - how messages begin. @throws TypeError, RangeError */
export function callSettings(options: ExecutorCallOptions, call: string): CallSettings {
  mustBeOptions(options, KNOWN, call);
  const { transfer, chunkSize = 1, bufferSize } = options;
  if (transfer !== undefined && !Array.isArray(transfer)) throw new TypeError(`${call}: transfer must be an array, got ${describe(transfer)}.`);
  return {
    task: taskOptions(options, call),
    transfer,
    chunkSize: wholeNumber(chunkSize, `${call}: chunkSize`, 1),
    bufferSize: bufferSize === undefined ? undefined : wholeNumber(bufferSize, `${call}: bufferSize`, 1),
  };
}

export const DEFAULT_SETTINGS = callSettings({}, 'Executor');
