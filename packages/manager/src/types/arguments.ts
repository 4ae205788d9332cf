/** Checks of what clients send: nothing of it can be trusted to be of the right type. */
import { describe } from '@manycore/core/internal';

const MOST = 2 ** 31 - 1;

/** A whole number from `least` on. @throws TypeError, RangeError; `what` is as in `Semaphore: value`. */
export function wholeNumber(value: unknown, what: string, least: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`${what} must be a number, got ${describe(value)}.`);
  if (!Number.isInteger(value) || value < least || value > MOST) throw new RangeError(`${what} must be a whole number from ${least} to ${MOST}, got ${value}.`);
  return value;
}

/** An options object, empty when there is none. @throws TypeError */
export function optionsOf<T extends object>(options: T | undefined, call: string): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null) throw new TypeError(`${call}: expected an options object, got ${describe(options)}.`);
  return options;
}

/** @throws TypeError */
export function flagOf(value: unknown, what: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${what} must be true or false, got ${describe(value)}.`);
  return value === true;
}

/** @throws TypeError */
export function mustBeFunction(fn: unknown, call: string): void {
  if (typeof fn !== 'function') throw new TypeError(`${call}: expected a function, got ${describe(fn)}.`);
}
