/** Runs a main program of a campaign, and sees that none of its processes is left. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { allGone, descendants } from './left-behind.mjs';

const LOOK_MS = 100;

/** @returns what it printed, one line of JSON. */
export async function runTree(file, what) {
  const tree = spawn(process.execPath, ['--expose-gc', file, ...what.split(' ')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  tree.stdout.on('data', (chunk) => (output += chunk));
  const family = new Set();
  const ended = new Promise((resolve) => tree.on('close', resolve));
  let code;
  void ended.then((with_) => (code = with_));
  while (code === undefined) {
    for (const pid of descendants(tree.pid)) family.add(pid);
    await Promise.race([ended, sleep(LOOK_MS)]);
  }
  console.log(`${what}: ${output.trim()}`);
  if (code !== 0) throw new Error(`the tree ${what} ended with ${code}`);
  await allGone([...family], `the tree ${what}`);
  return JSON.parse(output);
}
