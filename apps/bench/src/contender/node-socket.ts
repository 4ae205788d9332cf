import { nodeProgram, type Contender } from './contender.js';

const PROGRAMS: Readonly<Record<string, string>> = { 'pipe-roundtrip-promises': 'socket-round-trip', 'pipe-oneway-1m': 'socket-one-way' };

/** A Unix socket of `net` between two processes, by events: length and JSON, or length and bytes. */
export const nodeSocket: Contender = {
  name: 'net Unix socket',
  family: 'node',
  command: (work) => {
    const program = PROGRAMS[work.scenario];
    return program === undefined ? undefined : nodeProgram(program, work);
  },
};
