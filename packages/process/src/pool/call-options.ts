/** Options of the calls of a pool, checked. */
import { describe } from '@manycore/core/internal';
import type { TaskOptions } from './task.js';

export interface CallOptions {
  /** Milliseconds that the task may run, from its beginning. Then it fails with TaskTimeoutError; when it does not end by itself (`currentTask().signal`), its worker is killed after `graceMs` and replaced. */
  timeout?: number | undefined;
  /** Aborts the call, which then rejects with `signal.reason`; a running task is ended as by `timeout`. */
  signal?: AbortSignal | undefined;
  /** Higher first; default 0. */
  priority?: number | undefined;
  /** How often the task is begun again when its worker dies; default 0. What the task itself throws is no reason. */
  retries?: number | undefined;
  /** Whether the values of AsyncLocalStorages that were registered with `carryContext` go along, and the function runs inside of them; default false: nothing is sent. */
  context?: boolean | undefined;
}

/** What a call without options has. */
export const NO_CALL_OPTIONS: CallOptions = Object.freeze({});
const DEFAULTS: TaskOptions = { timeout: Infinity, signal: undefined, priority: 0, retries: 0 };

/** @param call - how messages begin: `Pool.apply`. @throws TypeError, RangeError */
export function taskOptions(options: CallOptions, call: string): TaskOptions {
  if (options === NO_CALL_OPTIONS) return DEFAULTS;
  if (typeof options !== 'object' || options === null) throw new TypeError(`${call}: expected an options object, got ${describe(options)}.`);
  const { timeout = Infinity, signal, priority = 0, retries = 0 } = options;
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) throw new TypeError(`${call}: timeout must be a number of milliseconds, got ${describe(timeout)}.`);
  if (timeout <= 0) throw new RangeError(`${call}: timeout must be more than 0, got ${timeout}: it is the time that the task may run. For a limit of waiting use get({ timeout }).`);
  if (signal !== undefined && !(typeof signal === 'object' && signal !== null && typeof signal.addEventListener === 'function' && 'aborted' in signal)) {
    throw new TypeError(`${call}: signal must be an AbortSignal, got ${describe(signal)}.`);
  }
  if (typeof priority !== 'number' || Number.isNaN(priority)) throw new TypeError(`${call}: priority must be a number, got ${describe(priority)}.`);
  return { timeout, signal, priority, retries: wholeNumber(retries, `${call}: retries`, 0) };
}

/** @throws TypeError, RangeError */
export function wholeNumber(value: unknown, what: string, least: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`${what} must be a number, got ${describe(value)}.`);
  if ((!Number.isInteger(value) && value !== Infinity) || value < least) throw new RangeError(`${what} must be a whole number from ${least} on, got ${value}.`);
  return value;
}

export function mustBeFunction(fn: unknown, call: string, what = 'a function'): void {
  if (typeof fn !== 'function') throw new TypeError(`${call}: expected ${what}, got ${describe(fn)}.`);
}

export function checkCallback(callback: unknown, name: string, call: string): void {
  if (callback !== undefined) mustBeFunction(callback, `${call}: ${name}`);
}
