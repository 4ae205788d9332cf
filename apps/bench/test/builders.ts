import { fileURLToPath } from 'node:url';
import type { Contender } from '../src/contender/contender.js';
import type { Options } from '../src/options.js';
import type { Group, Row } from '../src/run/groups.js';
import type { Scenario } from '../src/scenario/scenario.js';
import { scenarios } from '../src/scenario/all.js';
import type { Evidence, Outcome } from '../src/scenario/work.js';

export const options: Options = { rounds: 2, cold: false, filter: '', quick: true, list: false, help: false };

export function scenario(id: string): Scenario {
  const found = scenarios.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no scenario '${id}'`);
  return found;
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}.mjs`, import.meta.url));
}

/** A contender whose program is a fixture. */
export function contender(name: string, program = name, family: Contender['family'] = 'node'): Contender {
  return { name, family, command: (work) => ({ file: process.execPath, args: [fixture(program), JSON.stringify(work)] }) };
}

/** A row with these times, as if it had been measured. */
export function row(name: string, family: Contender['family'], times: readonly number[], evidence: Evidence = {}): Row {
  const outcomes = times.map((nsPerOp): Outcome => ({ operations: 1, nsPerOp, evidence }));
  return { contender: contender(name, name, family), command: { file: name, args: [] }, outcomes };
}

export function group(id: string, rows: readonly Row[], placement: Group['placement'] = 'free'): Group {
  return { scenario: scenario(id), placement, work: scenario(id).work(true), rows };
}
