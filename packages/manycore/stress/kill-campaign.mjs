/**
 * SIGKILL of random processes at random moments, during lock and queue traffic. Promises 1 to 3 of docs/architecture.md, tried for real.
 *
 * node kill-campaign.mjs [--kills 500] [--main-kills 40] [--seed N]
 *
 * First a main program kills its children (tree.mjs), and audits every item; then main programs are killed themselves, and nothing may remain: no process, no file in /dev/shm or the
 * temporary folder.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allGone, descendants, files } from './left-behind.mjs';
import { random } from './random.mjs';

const TREE = fileURLToPath(new URL('./tree.mjs', import.meta.url));
const KILLS_PER_TREE = 50;

const { values } = parseArgs({ options: { kills: { type: 'string', default: '500' }, 'main-kills': { type: 'string', default: '40' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? process.env.MANYCORE_TEST_SEED ?? Date.now() % 1e6);
console.log(`seed ${seed}`);
const next = random(seed);

async function childrenRound(kills) {
  const roundSeed = Math.floor(next() * 2 ** 31);
  const tree = spawn(process.execPath, [TREE, '--kills', String(kills), '--seed', String(roundSeed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  tree.stdout.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => tree.on('close', resolve));
  console.log(`${kills} children killed (seed ${roundSeed}): ${output.trim()}`);
  if (code !== 0) throw new Error(`the tree with seed ${roundSeed} ended with ${code}`);
}

async function mainRound(round) {
  const tree = spawn(process.execPath, [TREE, '--forever', '--seed', '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => tree.on('close', resolve));
  await Promise.race([
    new Promise((resolve) => createInterface({ input: tree.stdout }).once('line', resolve)),
    ended.then((code) => Promise.reject(new Error(`the main program ended by itself with ${code}`))),
  ]);
  await sleep(next() * 60);
  const family = descendants(tree.pid);
  const since = performance.now();
  tree.kill('SIGKILL');
  await ended;
  await allGone(family, `main program ${round}`);
  return { took: performance.now() - since, family: family.length };
}

const before = files().join('\n');
for (let left = Number(values.kills); left > 0; left -= KILLS_PER_TREE) await childrenRound(Math.min(left, KILLS_PER_TREE));
let slowest = 0;
let processes = 0;
for (let round = 0; round < Number(values['main-kills']); round++) {
  const { took, family } = await mainRound(round);
  slowest = Math.max(slowest, took);
  processes += family;
}
console.log(`${values['main-kills']} main programs killed: their ${processes} processes were gone after at most ${Math.round(slowest)} ms`);
const after = files().join('\n');
if (after !== before) throw new Error(`left behind: ${after}`);
console.log('nothing left behind');
