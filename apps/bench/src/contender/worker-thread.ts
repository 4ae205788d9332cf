import { nodeProgram, type Contender } from './contender.js';

/** A `Worker` that ends at once: what Node itself needs to start and end a thread. */
export const workerThread: Contender = {
  name: 'bare Worker',
  family: 'node',
  command: (work) => (work.scenario === 'start-join-thread' ? nodeProgram('worker-thread', work) : undefined),
};
