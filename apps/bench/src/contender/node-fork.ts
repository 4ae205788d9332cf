import { nodeProgram, type Contender } from './contender.js';

/** `child_process.fork` and its message channel, in one of its two serializations. */
export function nodeFork(serialization: 'json' | 'advanced'): Contender {
  return {
    name: `fork IPC, ${serialization}`,
    family: 'node',
    command: (work) => {
      const oneWay = /^(queue|pipe)-oneway-/.test(work.scenario);
      if (!oneWay && !/^(queue|pipe)-roundtrip-promises$/.test(work.scenario)) return undefined;
      // JSON makes an ordinary object of bytes: that would be another message.
      if (serialization === 'json' && work.payload?.startsWith('bytes')) return undefined;
      return nodeProgram(oneWay ? 'fork-one-way' : 'fork-round-trip', work, serialization);
    },
  };
}
