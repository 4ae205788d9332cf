import { nodeProgram, type Contender } from './contender.js';

/** `node -e 0`: what Node itself needs to boot and end. */
export const bareNode: Contender = {
  name: 'bare node -e 0',
  family: 'node',
  command: (work) => (work.scenario === 'start-join' ? nodeProgram('bare-node', work) : undefined),
};
