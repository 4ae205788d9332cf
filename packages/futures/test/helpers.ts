import { Pipe } from '@manycore/queues';
import type { Gate } from '@manycore/testing/conformance';

export { caught } from '@manycore/testing';

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** A task that has begun says so here, and ends when it is told. */
export function gate(): Gate {
  const [mine, theirs] = Pipe();
  return {
    theirs,
    begun: async () => {
      await mine.recv();
    },
    open: () => mine.send('go'),
  };
}
