import { describe, expect, it } from 'vitest';
import type { Contender } from '../src/contender/contender.js';
import { isVoid, reportOn } from '../src/report/report.js';
import { groupsFor } from '../src/run/groups.js';
import { runRounds } from '../src/run/rounds.js';
import { scenarios } from '../src/scenario/all.js';
import { built } from './built.js';
import { fixture, options } from './builders.js';

/** `fork` there and back with another program at the far end. */
function forkWith(name: string, peer: string[]): Contender {
  const program = built('program/fork-round-trip');
  return { name, family: 'node', command: (work) => ({ file: process.execPath, args: [program, JSON.stringify(work), 'json', ...peer] }) };
}

async function rowOf(contender: Contender) {
  const groups = groupsFor(scenarios, [contender], { ...options, filter: 'queue-roundtrip-promises' });
  await runRounds(groups, { rounds: 1 });
  const [row] = reportOn(groups)[0]?.rows ?? [];
  if (row === undefined) throw new Error('no row');
  return row;
}

describe('a round trip over fork', () => {
  it('counts when every echo is what was sent', async () => {
    const row = await rowOf(forkWith('honest', []));
    expect(isVoid(row)).toBe(false);
    expect(row).toMatchObject({ samples: [expect.any(Number)] });
  });

  it('is void when one echo is wrong, and says which', async () => {
    const row = await rowOf(forkWith('wrong', [fixture('wrong-echo-peer')]));
    expect(row).toMatchObject({ failure: expect.stringMatching(/Item 5 arrived as .*changed/) as string });
  });

  it('is void when the far end dies, instead of waiting for it', async () => {
    const row = await rowOf(forkWith('dying', [fixture('early-end-peer')]));
    expect(row).toMatchObject({ failure: expect.stringMatching(/ended early \(exit code 3/) as string });
  });
});
