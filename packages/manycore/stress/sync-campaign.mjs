/**
 * SIGKILL of random processes at random moments, during traffic on the synchronization primitives. Promises 1 to 3 of docs/architecture.md, tried for real.
 *
 * node sync-campaign.mjs [--seconds 600] [--seed N] [--scenes Lock,Event]
 *
 * Main programs (sync-tree.mjs), one after the other, each with some of the scenes and a seed of its own. Fails when two are inside of what excludes, when a member does not get on for
 * five seconds, when permits or notifications are lost or doubled, and when a process, a file or memory is left behind.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { files } from './left-behind.mjs';
import { random } from './random.mjs';
import { runTree } from './run-tree.mjs';
import { scenes } from './sync-scenes.mjs';

const TREE = fileURLToPath(new URL('./sync-tree.mjs', import.meta.url));
const ROUND_SECONDS = 10;
/** More would only wait for a processor. */
const SCENES_AT_A_TIME = 3;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' }, scenes: { type: 'string' } } });
const seed = Number(values.seed ?? process.env.MANYCORE_TEST_SEED ?? Date.now() % 1e6);
console.log(`seed ${seed}`);
const next = random(seed);
const names = values.scenes?.split(',') ?? scenes.map(({ name }) => name);
const total = { kills: 0, steps: 0 };

/** Everybody's turn comes equally often, in changing company. */
let deck = [];
function draw() {
  const drawn = [];
  while (drawn.length < Math.min(SCENES_AT_A_TIME, names.length)) {
    if (deck.length === 0) deck = names.map((name) => [next(), name]).sort(([a], [b]) => a - b).map(([, name]) => name);
    const name = deck.find((candidate) => !drawn.includes(candidate));
    if (name === undefined) deck = [];
    else {
      drawn.push(name);
      deck.splice(deck.indexOf(name), 1);
    }
  }
  return drawn.join(',');
}

async function round(seconds) {
  const roundSeed = Math.floor(next() * 2 ** 31);
  const drawn = draw();
  const { done } = await runTree(TREE, `--seconds ${seconds} --seed ${roundSeed} --scenes ${drawn}`);
  for (const { kills, steps } of Object.values(done)) {
    total.kills += kills;
    total.steps += steps;
  }
}

const before = files().join('\n');
for (let left = Number(values.seconds); left > 0; left -= ROUND_SECONDS) await round(Math.min(left, ROUND_SECONDS));
const after = files().join('\n');
if (after !== before) throw new Error(`left behind: ${after}`);
console.log(`${total.kills} members killed during ${total.steps} operations; nothing left behind`);
