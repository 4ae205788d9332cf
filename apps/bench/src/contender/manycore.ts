import { nodeProgram, type Contender } from './contender.js';

/** The packages of this workspace: `Lock`, `Queue` and `Process` with start method spawn. */
export const manycore: Contender = {
  name: 'manycore',
  family: 'manycore',
  command: (work) => nodeProgram('manycore', work),
};
