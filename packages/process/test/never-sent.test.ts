/** Objects that are of no use elsewhere are refused, wherever they are in a value: nothing arrives that only looks like them. */
import { SerializationError } from '@manycore/core';
import { Queue } from '@manycore/queues';
import { afterAll, describe, expect, it } from 'vitest';
import { Pool, Process, ThreadPool } from '../src/index.js';
import { add } from './fixtures/tasks.mjs';

class Mine extends Process {}

const pool = new Pool(1);
const threads = new ThreadPool(1);
afterAll(() => Promise.all([pool.terminate(), threads.terminate()]));

describe('an object that belongs to one process', () => {
  it.each<[string, () => object]>([
    ['Process', () => new Process()],
    ['Mine', () => new Mine()],
    ['Pool', () => pool],
    ['ThreadPool', () => threads],
    ['AsyncResult', () => threads.applyAsync(add, [1, 2])],
    ['ImapIterator', () => threads.imap(add, [])],
  ])('is refused by its name, with advice: %s', (name, make) => {
    using queue = new Queue();
    const object = make();
    expect(() => queue.putSync([{ deep: object }])).toThrow(SerializationError);
    expect(() => queue.putSync([{ deep: object }])).toThrow(new RegExp(`^${name}: it stays in the process that made it\\. .+`));
    expect(queue.empty()).toBe(true);
  });
});
