import { sharedCases, type SharedKit } from '@manycore/testing/conformance';
import { memoryUsage, share, SharedArray, sharedBuffer, Value, type Typecode } from 'manycore';
import { afterAll, afterEach, describe, it } from 'vitest';
import { Crew, methods } from './crew.js';

const kit: SharedKit = {
  value: (type, init) => new Value(type as 'i', init as number) as never,
  array: (type, sizeOrElements) => new SharedArray(type as Typecode as 'i', sizeOrElements) as never,
  buffer: (bytes) => sharedBuffer(bytes),
  share: (view) => share(view),
  chargedBytes: () => memoryUsage().chargedBytes,
};

describe.each(methods)('between children of %s, shared memory', (method) => {
  const crew = new Crew(method);
  afterEach(() => crew.endCase());
  afterAll(() => crew.end());

  for (const { title, run } of sharedCases()) it(title, { timeout: 60_000 }, () => run(crew.env(() => kit)));
});
