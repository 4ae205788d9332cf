import { pipeCases, queueCases, type PipeKit } from '@manycore/testing/conformance';
import { Lock, Pipe, Queue } from 'manycore';
import { afterAll, afterEach, describe, it } from 'vitest';
import { Crew, methods } from './crew.js';

const makeKit = (): PipeKit => ({ pipe: (options) => Pipe(options), queue: (maxSize) => new Queue(maxSize), lock: () => new Lock() });

describe.each(methods)('between children of %s', (method) => {
  const crew = new Crew(method);
  afterEach(() => crew.endCase());
  afterAll(() => crew.end());

  describe('Pipe', () => {
    for (const { title, run } of pipeCases()) it(title, { timeout: 60_000 }, () => run(crew.env(makeKit)));
  });

  describe('Queue', () => {
    for (const { title, run } of queueCases()) it(title, { timeout: 60_000 }, () => run(crew.env((maxSize?: number) => new Queue(maxSize))));
  });
});
