/** The functions that a client has named, by its numbers. */
import { resolveTarget, resolveTargetBlocking, type TargetName } from '@manycore/core/internal';
import { ManagerError } from '../errors.js';
import type { Functions } from '../protocol.js';

export class ClientFunctions {
  readonly #known = new Map<number, Function>();

  /** Resolves when the function is there, or when calling it says why it is not. */
  async define(number: number, name: TargetName): Promise<void> {
    let fn: Function;
    try {
      fn = await resolveTarget(name);
    } catch (error) {
      fn = () => {
        throw error;
      };
    }
    this.#known.set(number, fn);
  }

  /** Puts functions where arguments were. @throws ManagerError, TargetError */
  putInto(args: unknown[], functions: Functions): void {
    for (const [index, fn] of functions ?? []) args[index] = typeof fn === 'number' ? this.#numbered(fn) : compiled(fn as TargetName);
  }

  #numbered(number: number): Function {
    const fn = this.#known.get(number);
    if (fn === undefined) throw new ManagerError('A function among the arguments was never named to the server.');
    return fn;
  }
}

/** Inline functions come whole: what they have captured is another each time. */
function compiled(name: TargetName): Function {
  if (name.kind !== 'inline') throw new ManagerError('A function among the arguments came without a number.');
  return resolveTargetBlocking(name);
}
