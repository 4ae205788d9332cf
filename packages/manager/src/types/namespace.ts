/** A namespace in the server. */
import { describe } from '@manycore/core/internal';

/** The namespace as functions of `transact` have it: everything at once. */
export class ManagedNamespace {
  readonly #values = new Map<string, unknown>();

  constructor(values: Readonly<Record<string, unknown>> = {}) {
    for (const [name, value] of Object.entries(values)) this.set(name, value);
  }

  get(name: string): unknown {
    return this.#values.get(name);
  }

  set(name: string, value: unknown): void {
    if (typeof name !== 'string') throw new TypeError(`Namespace.set: a name must be a string, got ${describe(name)}.`);
    this.#values.set(name, value);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  delete(name: string): boolean {
    return this.#values.delete(name);
  }

  /** Without a prototype's keys in the way: `__proto__` is a name as any. */
  snapshot(): Record<string, unknown> {
    return Object.fromEntries(this.#values);
  }
}
