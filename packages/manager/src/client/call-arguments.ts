/** What a call is sent as: functions by name, a signal left out. */
import { nameTarget, type TargetName } from '@manycore/core/internal';
import type { Functions } from '../protocol.js';

export interface CallArguments {
  readonly values: unknown[];
  readonly functions: Functions;
  readonly signal: AbortSignal | undefined;
}

/** Gives functions numbers: the server is told the name of one once. */
export interface FunctionNumbers {
  numberOf(fn: Function, name: TargetName): number;
}

/** @param call - how messages begin. @throws TargetError for a function that cannot be named; the reason of a signal that is aborted. */
export function callArguments(args: readonly unknown[], numbers: FunctionNumbers, call: string): CallArguments {
  const values = [...args];
  let functions: [number, unknown][] | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'function') continue;
    const name = nameTarget(value, `${call}(fn)`);
    // What an inline function has captured is another each time.
    (functions ??= []).push([i, name.kind === 'inline' ? name : numbers.numberOf(value, name)]);
    values[i] = undefined;
  }
  const signal = signalOf(values.at(-1));
  if (signal !== undefined) {
    signal.throwIfAborted();
    values[values.length - 1] = { ...(values.at(-1) as object), signal: undefined };
  }
  return { values, functions, signal };
}

function signalOf(last: unknown): AbortSignal | undefined {
  if (typeof last !== 'object' || last === null || !Object.hasOwn(last, 'signal')) return undefined;
  const { signal } = last as { signal: unknown };
  return signal instanceof AbortSignal ? signal : undefined;
}
