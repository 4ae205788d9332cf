import { nodeProgram, type Contender } from '../contender/contender.js';
import { codecs } from './codec.js';

/** One for each codec, all measured by the same program. */
export const serializationContenders: readonly Contender[] = Object.keys(codecs).map((name) => ({
  name,
  family: name === 'manycore' ? 'manycore' : 'node',
  command: (work) => nodeProgram('serialization', work, name),
}));
