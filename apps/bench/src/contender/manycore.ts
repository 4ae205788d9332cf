import { poolWork } from '../scenario/pool-work.js';
import { nodeProgram, type Contender } from './contender.js';

/** The packages of this workspace: the primitives of sync, `Queue`, `Pipe`, `sharedBuffer`, `Process` with every start method, and the pools. */
export const manycore: Contender = {
  name: 'manycore',
  family: 'manycore',
  command: (work) => {
    const order = poolWork(work);
    return order === undefined ? nodeProgram('manycore', work) : nodeProgram('pool', work, order.isExecutor ? 'manycore-executor' : 'manycore');
  },
};
