/** Checked by the compiler alone: what must and must not compile. */
import { AsyncResult, Pool, ThreadPool, type ImapIterator } from '@manycore/process';

declare const pool: Pool;
declare function add(a: number, b: number): number;
declare function length(text: string): Promise<number>;

export const sum: AsyncResult<number> = pool.apply(add, [1, 2], { timeout: 1, callback: (value) => value.toFixed() });
export const lengths: AsyncResult<number[]> = pool.map(length, ['a', 'b'], { chunkSize: 1, failFast: true, onProgress: ({ done, total }) => done / total });
export const sums: AsyncResult<number[]> = pool.starmap(add, [[1, 2], [3, 4]]);
export const lazy: ImapIterator<number> = pool.imapUnordered(length, new Set(['a']), { bufferSize: 2 });
// @ts-expect-error -- an argument is missing
pool.apply(add, [1]);
// @ts-expect-error -- an argument of another type
pool.apply(add, [1, '2']);
// @ts-expect-error -- items of another type
pool.map(length, [1, 2]);
// @ts-expect-error -- the result is no string
export const wrong: AsyncResult<string> = pool.apply(add, [1, 2]);
// @ts-expect-error -- there is no such option
pool.apply(add, [1, 2], { chunkSize: 1 });
// @ts-expect-error -- there is no such option
new Pool(2, { maxWorkers: 1 });
// @ts-expect-error -- there is no such start method
new Pool(2, { startMethod: 'fork' });
export const threads: Pool = new ThreadPool(2, { initializer: add, initArgs: [1, 2] });
export const awaited: Promise<number> = sum.get({ timeout: 5 });
