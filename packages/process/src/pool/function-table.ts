/** The functions of a pool by number: a worker is told the name of one once, and its number from then on. */
import { nameTarget, type TargetName } from '@manycore/core/internal';

export interface KnownFunction {
  readonly name: string;
  readonly target: TargetName;
}

export class FunctionTable {
  readonly #numbers = new WeakMap<Function, number>();
  readonly #known: KnownFunction[] = [];

  /** @param call - how a message begins: `Pool.apply(fn)`. @throws TypeError, TargetError */
  numberOf(fn: Function, call: string): number {
    const known = this.#numbers.get(fn);
    if (known !== undefined) return known;
    const target = nameTarget(fn, call);
    const number = this.#known.push({ target, name: shownName(target, fn) }) - 1;
    this.#numbers.set(fn, number);
    return number;
  }

  get(number: number): KnownFunction {
    return this.#known[number]!;
  }
}

const shownName = (target: TargetName, fn: Function): string => (target.kind === 'export' ? target.path.join('.') : fn.name === '' ? 'inline function' : fn.name);
