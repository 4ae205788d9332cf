/** What belongs to one process is refused when it is sent. */
import { SerializationError } from '@manycore/core';
import { encode } from '@manycore/core/internal';
import { expect, it } from 'vitest';
import { Future, ProcessPoolExecutor, ThreadPoolExecutor } from '../src/index.js';

it.each([new Future(), new ProcessPoolExecutor({ maxWorkers: 1 }), new ThreadPoolExecutor({ maxWorkers: 1 }), new ThreadPoolExecutor({ maxWorkers: 1 }).with({})])('%s is refused, with advice', async (object) => {
  expect(() => encode({ deep: object }, 'value')).toThrow(SerializationError);
  expect(() => encode({ deep: object }, 'value')).toThrow(/: it stays in the process that made it\. .+/);
  if (!(object instanceof Future)) await object.shutdown();
});
