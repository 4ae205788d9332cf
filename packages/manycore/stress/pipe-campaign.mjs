/**
 * SIGKILL of random processes at random moments, while they exchange messages of random sizes over pipes and queues. Promises 1 to 3 of docs/architecture.md, tried for real.
 *
 * node pipe-campaign.mjs [--seconds 600] [--seed N]
 *
 * Main programs (pipe-tree.mjs), one after the other, each with a seed of its own. Fails when a message is damaged, mixed with another one, or comes twice; when one is lost that no killed receiver can have
 * been taking; when nobody gets on for five seconds; and when a process, a file, a descriptor or memory is left behind.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { files } from './left-behind.mjs';
import { random } from './random.mjs';
import { runTree } from './run-tree.mjs';

const TREE = fileURLToPath(new URL('./pipe-tree.mjs', import.meta.url));
const ROUND_SECONDS = 8;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? process.env.MANYCORE_TEST_SEED ?? Date.now() % 1e6);
console.log(`seed ${seed}`);
const next = random(seed);
const total = { kills: 0, messages: 0, answers: 0, lost: 0, longestStallMs: 0 };

async function round(number, seconds) {
  const carrier = number % 2 === 0 ? 'pipe' : 'queue';
  const result = await runTree(TREE, `--seconds ${seconds} --seed ${Math.floor(next() * 2 ** 31)} --carrier ${carrier}`);
  for (const name of ['kills', 'messages', 'answers', 'lost']) total[name] += result[name];
  total.longestStallMs = Math.max(total.longestStallMs, result.longestStallMs);
}

const before = files().join('\n');
let number = 0;
for (let left = Number(values.seconds); left > 0; left -= ROUND_SECONDS) await round(number++, Math.min(left, ROUND_SECONDS));
const after = files().join('\n');
if (after !== before) throw new Error(`left behind: ${after}`);
const { kills, messages, answers, lost, longestStallMs } = total;
console.log(`${kills} members killed during ${messages} messages and ${answers} answers, of which ${lost} were lost with who was receiving them; longest stall ${longestStallMs} ms; nothing left behind`);
