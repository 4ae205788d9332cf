/** Checked by the compiler alone: what must and must not compile. */
import { asCompleted, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait, type CallSettings, type Chunk, type ChunkOutcome, type Future, type WaitResult } from '@manycore/futures';

declare const executor: ProcessPoolExecutor;
declare function add(a: number, b: number): number;
declare function load(url: string, retries?: number): Promise<Uint8Array>;

export const sum: Future<number> = executor.submit(add, 1, 2);
export const page: Future<Uint8Array> = executor.submit(load, 'x');
export const chained: Future<number> = executor.submit(add, sum, executor.with({ priority: 1 }).submit(add, 1, 2));
executor.submit(load, 'x', 3);
// @ts-expect-error -- an argument is missing
executor.submit(add, 1);
// @ts-expect-error -- one too many
executor.submit(add, 1, 2, 3);
// @ts-expect-error -- another type
executor.submit(add, 1, '2');
// @ts-expect-error -- a future of another type
executor.submit(add, 1, page);
// @ts-expect-error -- the result is no string
export const wrong: Future<string> = executor.submit(add, 1, 2);

export async function maps(): Promise<void> {
  for await (const value of executor.map(add, [1, 2], new Set([3, 4]))) value.toFixed();
  for await (const bytes of executor.with({ bufferSize: 4 }).map(load, urls())) bytes.subarray();
  // @ts-expect-error -- items of another type
  executor.map(add, ['1'], [2]);
  // @ts-expect-error -- there is no such option
  executor.with({ chunksize: 1 });
}

async function* urls(): AsyncGenerator<string> {
  yield 'a';
}

export async function futures(): Promise<void> {
  const { done }: WaitResult<Future<number>> = await wait([sum, chained], { returnWhen: 'FIRST_COMPLETED' });
  for (const future of done) (await future).toFixed();
  // @ts-expect-error -- there is no such word
  await wait([sum], { returnWhen: 'ALWAYS' });
  // Each loop sees futures, not their results: a later one is typed otherwise than the first where TypeScript has its way.
  for await (const future of asCompleted([sum])) (await future.result()).toFixed();
  for await (const future of asCompleted([sum])) future.addDoneCallback((ended) => ended.cancelled());
  for await (const future of asCompleted([sum]).add(chained)) future.running();
  // @ts-expect-error -- a promise is no future
  asCompleted([Promise.resolve(1)]);
  // @ts-expect-error -- a future waits for no blocking call
  sum.resultSync();
}

new ThreadPoolExecutor({ threadNamePrefix: 'x', maxWorkers: 2, idleTimeout: 1000 });
// @ts-expect-error -- threads are threads
new ThreadPoolExecutor({ startMethod: 'spawn' });
// @ts-expect-error -- processes have other names
new ProcessPoolExecutor({ threadNamePrefix: 'x' });

/** An executor of somebody else's. */
export class Elsewhere extends Executor {
  submitCall(_fn: Function, _args: readonly unknown[], _settings: CallSettings): Future<unknown> {
    throw new Error('not here');
  }
  submitChunk(_fn: Function, _chunk: Chunk, _settings: CallSettings): Future<ChunkOutcome> {
    throw new Error('not here');
  }
  async shutdown(): Promise<void> {}
}
export const elsewhere: Future<number> = new Elsewhere().submit(add, 1, 2);
