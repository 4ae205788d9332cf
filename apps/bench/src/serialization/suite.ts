import type { Suite } from '../suite.js';
import { serializationContenders } from './contender.js';
import { formatSerialization } from './markdown.js';
import { serializationScenarios } from './scenario.js';

/** Codecs on values of many kinds, within one process. That another codec does not keep a value is a result, and no failure of the run. */
export const serialization: Suite = {
  program: 'serialization',
  marks: 'serialization-results',
  scenarios: serializationScenarios,
  contenders: () => serializationContenders,
  withCPython: false,
  formatMarkdown: formatSerialization,
  mustCount: ({ contender }) => contender === 'manycore',
};
