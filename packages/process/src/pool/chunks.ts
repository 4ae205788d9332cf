/** How the input of a map becomes chunks. */

export type Input<T> = Iterable<T> | AsyncIterable<T>;

/** Longer arrays that are made at once are hash tables to V8. */
export const MOST_AT_ONCE = 2 ** 25;

/** As CPython: four chunks for each worker, rounded up. */
export function defaultChunkSize(length: number, workers: number): number {
  return Math.max(1, Math.ceil(length / (workers * 4)));
}

export const isIterable = (value: unknown): value is Iterable<unknown> => value !== null && value !== undefined && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';

/** All of it, a plain array as it is; a promise when it is asynchronous. */
export function listOf<T>(input: Input<T>): readonly T[] | Promise<readonly T[]> {
  if (isAsyncIterable(input)) return gather(input as AsyncIterable<T>);
  return isPlainArray(input) ? (input as readonly T[]) : [...(input as Iterable<T>)];
}

/** One that gives its elements when it is iterated. */
const isPlainArray = (value: unknown): boolean => Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype && !Object.hasOwn(value, Symbol.iterator);

async function gather<T>(input: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of input) list.push(item);
  return list;
}
