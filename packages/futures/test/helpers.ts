import { Pipe } from '@manycore/queues';
import type { Gate } from '@manycore/testing/conformance';

/** What a promise rejects with; fails when it does not. */
export async function caught(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}

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
