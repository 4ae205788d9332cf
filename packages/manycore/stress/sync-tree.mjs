/**
 * A main program of the sync campaign: starts the members of some scenes, kills a random one again and again, starts another in its seat, and audits at the end.
 *
 * node sync-tree.mjs --seconds N --seed S --scenes Lock,Event: prints one JSON line.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import * as manycore from 'manycore';
import { random } from './random.mjs';
import { announceDeath, FAULTS, goOut, makeBoard, STOP, stepsOf } from './sync-board.mjs';
import { scenes } from './sync-scenes.mjs';

const STALL_MS = 5_000;
/** Starting a process takes its time on a machine that has other things to do. */
const START_MS = 30_000;
const LONGEST_PAUSE_MS = 40;
/** Of the kills, those that may hit a member that has not begun yet, or one that is alone in its scene. */
const EARLY = 0.1;
/** What the session keeps for the processes it has seen. */
const KEPT_BYTES = 2 ** 20;

let numbers = 0;

function startMember(scene, seat) {
  const { board, primitives, seats } = scene;
  const [target, ...how] = seats[seat];
  const number = ++numbers;
  const args = [{ board, seat, number }, primitives, ...how];
  const process = new manycore.Process({ target, args, name: `${scene.name} ${seat}`, daemon: true }).start();
  return { scene, seat, number, process, hasBegun: false, steps: stepsOf(board, seat), since: performance.now() };
}

/** A member gets on when it takes steps; a new one has taken none, and has the steps of those before it. */
function look(member) {
  const steps = stepsOf(member.scene.board, member.seat);
  if (steps !== member.steps) Object.assign(member, { hasBegun: true, steps, since: performance.now() });
}

/** Every member must get on, whoever was killed; returns the longest time that one of them has not. */
function longestStall(members) {
  let longest = 0;
  members.forEach(look);
  for (const member of members) {
    const { scene, process, hasBegun } = member;
    // Who needs the others waits for a new one to begin.
    if (hasBegun && scene.needsAll && members.some((other) => other.scene === scene && !other.hasBegun)) member.since = performance.now();
    const { since } = member;
    const stall = performance.now() - since;
    if (hasBegun) longest = Math.max(longest, stall);
    if (stall > (hasBegun ? STALL_MS : START_MS)) throw new Error(`${process.name} has not got on for ${Math.round(stall)} ms (exit code ${process.exitCode}): ${process.error?.stack}`);
  }
  return longest;
}

async function replace(members, index) {
  const { scene, seat, number, process } = members[index];
  announceDeath(scene.board, seat, number);
  process.kill();
  await process.join();
  if (process.exitCode !== -9) throw new Error(`${process.name}, killed, has exit code ${process.exitCode}: ${process.error?.stack}`);
  goOut({ board: scene.board, seat });
  scene.kills++;
  members[index] = startMember(scene, seat);
}

async function finish(played, members) {
  for (const { board } of played) Atomics.store(board, STOP, 1);
  for (const { end, primitives } of played) end?.(primitives);
  await Promise.all(members.map(({ process, hasBegun }) => process.join({ timeout: hasBegun ? STALL_MS : START_MS })));
  const problems = [];
  for (const { process } of members) if (process.exitCode !== 0) problems.push(`${process.name} ended with ${process.exitCode}: ${process.error?.stack ?? 'it hangs'}`);
  for (const { name, board, primitives, kills, audit } of played) {
    if (board[FAULTS] > 0) problems.push(`${name}: ${board[FAULTS]} times a member found others inside, or half of a change`);
    problems.push(...audit(primitives, board, kills).map((problem) => `${name}: ${problem}`));
  }
  return problems;
}

/** What the members used must be given back; what waits for the garbage collector has some time. */
async function memoryProblems(before) {
  for (const deadline = performance.now() + STALL_MS; ; await sleep(20)) {
    const grown = manycore.memoryUsage().allocatedBytes - before;
    if (grown <= KEPT_BYTES) return [];
    if (performance.now() > deadline) return [`${grown} bytes of session memory left behind`];
    globalThis.gc?.();
  }
}

async function main() {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' }, scenes: { type: 'string' } } });
  const wanted = values.scenes?.split(',');
  const next = random(Number(values.seed));
  const played = scenes.filter(({ name }) => wanted === undefined || wanted.includes(name)).map((scene) => ({ ...scene, board: makeBoard(), primitives: scene.make(manycore), kills: 0 }));
  const before = manycore.memoryUsage().allocatedBytes;
  const members = played.flatMap((scene) => scene.seats.map((_, seat) => startMember(scene, seat)));
  let stall = 0;
  for (const end = performance.now() + Number(values.seconds) * 1_000; performance.now() < end; ) {
    await sleep(next() * LONGEST_PAUSE_MS);
    stall = Math.max(stall, longestStall(members));
    const inCompany = members.filter((member) => member.hasBegun && members.some((other) => other !== member && other.scene === member.scene && other.hasBegun));
    const choice = next() < EARLY && inCompany.length > 0 ? members : inCompany;
    if (choice.length > 0) await replace(members, members.indexOf(choice[Math.floor(next() * choice.length)]));
  }
  const problems = await finish(played, members);
  problems.push(...(await memoryProblems(before)));
  const done = Object.fromEntries(played.map(({ name, board, seats, kills }) => [name, { kills, steps: seats.reduce((sum, _, seat) => sum + stepsOf(board, seat), 0) }]));
  console.log(JSON.stringify({ done, longestStallMs: Math.round(stall), problems }));
  process.exitCode = problems.length > 0 ? 1 : 0;
}

if (manycore.isMainProcess) await main();
