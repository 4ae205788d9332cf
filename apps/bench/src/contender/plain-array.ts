import { nodeProgram, type Contender } from './contender.js';

/** A Float64Array that nobody shares. */
export const plainArray: Contender = {
  name: 'plain TypedArray',
  family: 'node',
  command: (work) => (work.scenario === 'view-fill' || work.scenario === 'view-sum' ? nodeProgram('plain-array', work) : undefined),
};
