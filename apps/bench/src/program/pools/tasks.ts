/** The tasks of the pool rows, for every contender that lets its workers do functions of a module. `python/pool_tasks.py` has the same. */

export function addOne(x: number): number {
  return x + 1;
}

export function echo(value: unknown): unknown {
  return value;
}

/** Who has done it. */
export function pid(): number {
  return process.pid;
}
