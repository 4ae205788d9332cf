import { describe, expect, it } from 'vitest';
import type { Contender } from '../src/contender/contender.js';
import { isVoid, reportOn } from '../src/report/report.js';
import { groupsFor } from '../src/run/groups.js';
import { runRounds } from '../src/run/rounds.js';
import { scenarios } from '../src/scenario/all.js';
import { built } from './built.js';
import { fixture, options } from './builders.js';

/** A socket row with another program at the far end. */
function socketWith(program: string, peer: string[]): Contender {
  return { name: program, family: 'node', command: (work) => ({ file: process.execPath, args: [built(`program/${program}`), JSON.stringify(work), ...peer] }) };
}

async function rowOf(filter: string, contender: Contender) {
  const groups = groupsFor(scenarios, [contender], { ...options, filter });
  await runRounds(groups, { rounds: 1 });
  const [row] = reportOn(groups)[0]?.rows ?? [];
  if (row === undefined) throw new Error('no row');
  return row;
}

describe.each([['pipe-roundtrip-promises', 'socket-round-trip'], ['pipe-oneway-1m', 'socket-one-way']])('%s over a Unix socket', (id, program) => {
  it('counts when everything is what was sent', async () => {
    const row = await rowOf(id, socketWith(program, []));
    expect(isVoid(row)).toBe(false);
    expect(row).toMatchObject({ samples: [expect.any(Number)] });
  });

  it('is void when the far end dies, instead of waiting for it', async () => {
    const row = await rowOf(id, socketWith(program, [fixture('early-end-socket-peer')]));
    expect(row).toMatchObject({ failure: expect.stringMatching(/ended early \(exit code 3/) as string });
  });
});

describe('a round trip over a Unix socket', () => {
  it('is void when one echo is wrong, and says which', async () => {
    const row = await rowOf('pipe-roundtrip-promises', socketWith('socket-round-trip', [fixture('wrong-echo-socket-peer')]));
    expect(row).toMatchObject({ failure: expect.stringMatching(/Item 5 arrived as .*changed/) as string });
  });
});
