/** How the input of a map becomes chunks. */

export type Input<T> = Iterable<T> | AsyncIterable<T>;

/** As CPython: four chunks for each worker, rounded up. */
export function defaultChunkSize(length: number, workers: number): number {
  return Math.max(1, Math.ceil(length / (workers * 4)));
}

export const isIterable = (value: unknown): value is Iterable<unknown> => value !== null && value !== undefined && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';

/** All of it; a promise when it is asynchronous. */
export function listOf<T>(input: Input<T>): readonly T[] | Promise<readonly T[]> {
  if (isAsyncIterable(input)) return gather(input as AsyncIterable<T>);
  return [...(input as Iterable<T>)];
}

async function gather<T>(input: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of input) list.push(item);
  return list;
}
