/** Which locks the async call tree reads under, through `withRead`: what it calls may read again, and must not ask to write. */
import { AsyncLocalStorage } from 'node:async_hooks';

interface Scope {
  /** The number of the lock's block, the same for all objects that stand for it. */
  readonly lock: number;
  readonly outer: Scope | undefined;
  /** What was started inside may outlive it. */
  isOpen: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Calls `fn` in a scope of `lock` that ends with it. */
export async function inScope<R>(lock: number, fn: () => R | Promise<R>): Promise<R> {
  const scope: Scope = { lock, outer: scopes.getStore(), isOpen: true };
  try {
    return await scopes.run(scope, fn);
  } finally {
    scope.isOpen = false;
  }
}

export function isInScope(lock: number): boolean {
  for (let scope = scopes.getStore(); scope !== undefined; scope = scope.outer) if (scope.isOpen && scope.lock === lock) return true;
  return false;
}
