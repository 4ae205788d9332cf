/** Which start method the program has chosen: kept where every copy of this package in the thread finds it. */
import { InvalidStateError } from '@manycore/core';
import { describe } from '@manycore/core/internal';
import { CHOSEN_METHOD } from './self.js';
import { START_METHODS, type StartMethod } from './start/method.js';

const shelf = globalThis as { [CHOSEN_METHOD]?: StartMethod };

/** @throws TypeError for anything but one of the start methods. */
export function checkMethod(method: unknown, call: string): StartMethod {
  if (START_METHODS.includes(method as StartMethod)) return method as StartMethod;
  const hint = method === 'fork' ? ' A running Node process cannot be forked; forkserver is the fast way.' : '';
  throw new TypeError(`${call}: expected ${START_METHODS.map((known) => `'${known}'`).join(', ')}, got ${describe(method)}.${hint}`);
}

/** What was chosen, if anything was. */
export const chosenMethod = (): StartMethod | undefined => shelf[CHOSEN_METHOD];

/** What was chosen; the default is chosen by asking. */
export function currentMethod(): StartMethod {
  return (shelf[CHOSEN_METHOD] ??= START_METHODS[0]!);
}

/** @throws InvalidStateError when one was chosen before, without `force`. */
export function chooseMethod(method: StartMethod | null, force: boolean): void {
  const chosen = chosenMethod();
  if (chosen !== undefined && !force) {
    throw new InvalidStateError(
      `setStartMethod(): the start method was set already, to '${chosen}': by an earlier call, by the start of a process, or by asking for it. ` +
        'Set it first of all, once, behind `if (isMainProcess)`; or use { force: true }.',
    );
  }
  if (method !== null) shelf[CHOSEN_METHOD] = method;
  else if (force) delete shelf[CHOSEN_METHOD];
  else currentMethod();
}
