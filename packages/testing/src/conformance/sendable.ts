/** That a primitive is the same object wherever it arrives, whichever way it went. */
import type { Case, Env, Form, Soon } from './contract.js';
import { inTime } from './signals.js';

/** A primitive as it is sent: bare, or somewhere inside of a value. */
export type Parcel<T extends object> = T | { deep: Map<string, T[]> };

export function opened<T extends object>(parcel: Parcel<T>): T {
  return 'deep' in parcel ? (parcel.deep.get('here') as T[])[1] as T : parcel;
}

function packed<T extends object>(primitive: T): Parcel<T> {
  return { deep: new Map([['here', [primitive, primitive]]]) };
}

/**
 * @param here - what the test does with the primitive while `there` runs.
 * @param there - a program; the two must only be able to end when both have the same primitive.
 * @param form - in which it takes part.
 */
export function sendableCase<T extends object, O extends unknown[], M extends Soon<T> = T>(
  make: (env: Env<M, O>) => Soon<T>,
  here: (primitive: T, board: Int32Array) => Promise<void> | void,
  there: (parcel: Parcel<T>, board: Int32Array, form: Form) => unknown,
  form: Form = 'blocked',
): Case<M, O> {
  return {
    title: 'is the same object when sent in arguments, in a queue item, inside of a value, and on to a grandchild',
    async run(env) {
      const primitive = await make(env);
      for (const [way, value] of [
        ['startNew', primitive],
        ['start', primitive],
        ['start', packed(primitive)],
        ['startGrandchild', packed(primitive)],
      ] as const) {
        const board = env.board();
        const participant = env[way](there, value, board, form);
        await inTime(Promise.all([here(primitive, board), participant.result]), way);
      }
    },
  };
}
