/**
 * SIGKILL of random workers at random moments, while many callers give their pool work: apply, map and imap, with retries and without, aborted calls, tasks that have to be ended by force. Promises 1 to 3 of
 * docs/architecture.md, tried for real.
 *
 * node pool-campaign.mjs [--kills 1000 | --seconds 600] [--seed N]
 *
 * Main programs (pool-tree.mjs), one after the other, over the start methods in turn, each with a seed of its own; threads, which no signal kills, end at random moments and are not counted. Fails when a call has no
 * outcome, two, or a wrong one; when a task is lost that no killed worker had begun, or more than one with a worker; when one begins more often than its retries allow; when nothing gets on for twenty seconds; and when a process, a
 * file, a descriptor or memory is left behind.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { files } from './left-behind.mjs';
import { random } from './random.mjs';
import { runTree } from './run-tree.mjs';

const TREE = fileURLToPath(new URL('./pool-tree.mjs', import.meta.url));
const METHODS = ['spawn', 'forkserver', 'thread'];
/** What the session keeps for the processes it has seen (given-back.mjs) is allowed for so many. */
const ROUND_KILLS = 40;
const ROUND_SECONDS = 6;

const { values } = parseArgs({ options: { kills: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? process.env.MANYCORE_TEST_SEED ?? Date.now() % 1e6);
console.log(`seed ${seed}`);
const next = random(seed);
const total = { kills: 0, tasks: 0, done: 0, lost: 0, abandoned: 0, cancelled: 0, longestStallMs: 0 };

async function round(number, much) {
  const method = METHODS[number % METHODS.length];
  const result = await runTree(TREE, `--method ${method} ${much} --seed ${Math.floor(next() * 2 ** 31)}`);
  for (const name of ['tasks', 'done', 'lost', 'abandoned', 'cancelled']) total[name] += result[name];
  if (method !== 'thread') total.kills += result.kills;
  total.longestStallMs = Math.max(total.longestStallMs, result.longestStallMs);
}

const before = files().join('\n');
let number = 0;
if (values.seconds === undefined) {
  const kills = Number(values.kills ?? 1000);
  while (total.kills < kills) await round(number++, `--kills ${Math.min(kills - total.kills, ROUND_KILLS)}`);
} else {
  for (let left = Number(values.seconds); left > 0; left -= ROUND_SECONDS) await round(number++, `--seconds ${Math.min(left, ROUND_SECONDS)} --kills ${ROUND_KILLS}`);
}
const after = files().join('\n');
if (after !== before) throw new Error(`left behind: ${after}`);
const { kills, tasks, done, lost, abandoned, cancelled, longestStallMs } = total;
console.log(
  `${kills} workers killed during ${tasks} tasks: ${done} calls gave what they should, ${lost} were lost with their worker, ${abandoned} were given up by their caller and ${cancelled} with their pool; ` +
    `longest stall ${longestStallMs} ms; nothing left behind`,
);
