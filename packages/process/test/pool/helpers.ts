import type { StartMethod } from '@manycore/process';
import { Pipe, type Connection } from '@manycore/queues';

export { caught } from '@manycore/testing';

/** The start methods that pools are tested over. */
export const METHODS: readonly StartMethod[] = ['spawn', 'forkserver', 'thread'];

/** A task that has begun says its pid here, and ends when it is told. */
export interface Gate extends Disposable {
  /** The end for the task; closed here once the task has it. */
  readonly theirs: Connection;
  begun(): Promise<number>;
  open(): Promise<void>;
  begunSync(): number;
  openSync(): void;
}

export function gate(): Gate {
  const [mine, theirs] = Pipe();
  return {
    theirs,
    begun: async () => (await mine.recv()) as number,
    open: () => mine.send('go'),
    begunSync: () => mine.recvSync() as number,
    openSync: () => mine.sendSync('go'),
    [Symbol.dispose]: () => {
      mine.close();
      theirs.close();
    },
  };
}
