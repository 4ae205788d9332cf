/**
 * The one order of all output: bigger numbers first, equal ones by name in code-unit order. Locale order would differ between machines,
 * and arrival order between runs.
 */

export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A comparison for `sort`: descending by `size`, ascending by `name` where sizes are equal. */
export function biggestFirst<T>(size: (item: T) => number, name: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => size(b) - size(a) || byName(name(a), name(b));
}
