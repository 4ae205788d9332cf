/**
 * The process in which the cases of one part run. Its descriptor 3 is a file that has the number of the case, as a double: written before each.
 */
import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '@manycore/testing';
import { codecCases } from './fuzz-codec.mjs';
import { ringCases } from './fuzz-ring.mjs';

const { values } = parseArgs({ options: { part: { type: 'string' }, seed: { type: 'string' }, seconds: { type: 'string' }, case: { type: 'string' } } });
const seed = Number(values.seed);
const cases = { codec: codecCases, ring: ringCases }[values.part];
if (cases === undefined) throw new Error(`There is no part '${values.part}'.`);

const PROGRESS = 3;
const number = Buffer.alloc(8);
/** After that many cases garbage is collected and finalizers run, so that what a case measures is its own. */
const CASES_PER_TURN = 100;

const part = await cases();
const only = values.case === undefined ? undefined : Number(values.case);
const until = performance.now() + Number(values.seconds) * 1000;
let count = 0;
for (let i = only ?? 0; only === undefined ? performance.now() < until : i === only; i++) {
  number.writeDoubleLE(i);
  writeSync(PROGRESS, number, 0, 8, 0);
  try {
    await part.run(new Random((seed * 1_000_003 + i) >>> 0));
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
  count++;
  if (count % CASES_PER_TURN === 0) {
    await part.settle();
    globalThis.gc();
    await turn();
  }
}
console.log(`${values.part}: ${count} cases: ${part.summary()}`);
// Mappings of the session are left to the process's end.
process.exit(0);
