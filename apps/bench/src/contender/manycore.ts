import { nodeProgram, type Contender } from './contender.js';

/** The packages of this workspace: the primitives of sync, `Queue`, `Pipe`, `sharedBuffer`, and `Process` with start method spawn. */
export const manycore: Contender = {
  name: 'manycore',
  family: 'manycore',
  command: (work) => nodeProgram('manycore', work),
};
