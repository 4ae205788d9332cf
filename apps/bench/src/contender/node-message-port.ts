import { nodeProgram, type Contender } from './contender.js';

/** A worker thread and its `MessagePort`: no processes, but what Node people reach for first. */
export const nodeMessagePort: Contender = {
  name: 'worker MessagePort',
  family: 'node',
  command: (work) => (/^(queue|pipe)-roundtrip-promises$/.test(work.scenario) ? nodeProgram('message-port', work) : undefined),
};
