/** What the workers of executors are given to do by the executor suite: exported by name, so that any worker that has this package finds them. */
import { aMoment, sleepSync } from './signals.js';

/** An end of what a task says "begun" with, and is told to go on by. */
export interface TaskGate {
  send(value: unknown): Promise<void>;
  recv(): Promise<unknown>;
  close(): void;
}

export const add = (a: number, b: number): number => a + b;
export const double = (x: number): number => x * 2;
export const echo = (value: unknown): unknown => value;
export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
export const returnNothing = (): void => undefined;
export const returnFunction = (): unknown => ({ deep: [() => 1] });

export async function doubleLater(x: number): Promise<number> {
  await aMoment();
  return x * 2;
}

export function fail(message: string): never {
  throw Object.assign(new RangeError(message, { cause: new TypeError('below') }), { code: 'E_SUITE', extra: { a: 1 } });
}

export function throwValue(value: unknown): never {
  throw value;
}

export function failAt(x: number, bad: number): number {
  if (x === bad) throw new RangeError(`item ${x}`);
  return x;
}

export const failAtThree = (x: number): number => failAt(x, 3);

/** Says that it has begun, and ends when it is told to. */
export async function waitAt<T>(gate: TaskGate, value: T): Promise<T> {
  await gate.send('begun');
  await gate.recv();
  gate.close();
  return value;
}

/** As `waitAt` where an item is a gate, else the item. */
export function waitIfGate(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? waitAt(value as TaskGate, 'opened') : value;
}

/** Never gives its thread back. */
export async function block(gate: TaskGate): Promise<never> {
  await gate.send('begun');
  for (;;) sleepSync(10);
}
