import { nodeProgram, type Contender } from './contender.js';

/** A Node child that does nothing: what any worker process has to have. */
export const idleNode: Contender = {
  name: 'bare idle node',
  family: 'node',
  command: (work) => (work.scenario === 'pool-memory' ? nodeProgram('idle-node', work) : undefined),
};
