/**
 * The main program of the campaign: starts the processes, kills a random one again and again, starts another in its place, and audits at the end.
 *
 * node tree.mjs --kills N --seed S [--forever]: prints one JSON line; with --forever it says `ready` and goes on until somebody kills it.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainProcess, Lock, Process, Queue } from 'manycore';
import { audit, FAULTS, makeLedger, STEPS, STOP } from './ledger.mjs';
import { asyncConsumer, consumer, producer } from './roles.mjs';
import { random } from './random.mjs';

/** Far more than anybody needs who is not forgotten: with twenty other busy processes on two CPUs, 3.5 s were seen. */
const STALL_MS = 20_000;

async function main() {
  const { values } = parseArgs({ options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' }, forever: { type: 'boolean', default: false } } });
  const kills = Number(values.kills);
  const next = random(Number(values.seed));
  const shared = { queue: new Queue(500), lock: new Lock(), ledger: makeLedger(kills + 8) };
  const { pair } = shared.ledger;
  let producers = 0;
  const killed = { consumers: 0, producers: 0 };

  const start = (role) => {
    const target = role === 'producer' ? producer : role === 'consumer' ? consumer : asyncConsumer;
    const process = new Process({ target, args: role === 'producer' ? [shared, producers++] : [shared], name: role, daemon: true });
    return { role, process: process.start() };
  };
  const members = ['producer', 'producer', 'consumer', 'asyncConsumer'].map(start);

  /** Somebody must get on, whoever was killed. */
  const progress = async (what) => {
    const before = Atomics.load(pair, STEPS);
    for (const deadline = performance.now() + STALL_MS; Atomics.load(pair, STEPS) === before; await sleep(1)) {
      if (performance.now() > deadline) throw new Error(`nobody got on for ${STALL_MS} ms ${what}`);
    }
  };
  await progress('at the start');
  if (values.forever) {
    console.log('ready');
    await new Promise(() => setInterval(() => undefined, 1000));
  }

  let longestStall = 0;
  for (let kill = 0; kill < kills; kill++) {
    await sleep(next() * 30);
    const index = Math.floor(next() * members.length);
    const { role, process } = members[index];
    process.kill();
    if (role === 'producer') killed.producers++;
    else killed.consumers++;
    const since = performance.now();
    await progress(`after ${role} was killed (kill ${kill})`);
    longestStall = Math.max(longestStall, performance.now() - since);
    await process.join();
    if (process.exitCode !== -9) throw new Error(`a killed ${role} has exit code ${process.exitCode}: ${process.error?.stack}`);
    members[index] = start(role);
  }

  Atomics.store(pair, STOP, 1);
  // The producers may wait for room: take what is left while they end.
  const drain = async () => {
    for (;;) {
      try {
        const item = await shared.queue.get({ timeout: 50 });
        Atomics.add(shared.ledger.seen, item.number * (1 << 18) + item.i, 1);
      } catch (error) {
        if (error.code !== 'ERR_MANYCORE_QUEUE_EMPTY') throw error;
        return;
      }
    }
  };
  const ended = Promise.all(members.map(({ process }) => process.join({ timeout: 10_000 })));
  await drain();
  await ended;
  await drain();
  for (const { role, process } of members) if (process.exitCode !== 0) throw new Error(`${role} ended with ${process.exitCode}: ${process.error?.stack}`);
  const { items, lost, problems } = audit(shared.ledger, { killedConsumers: killed.consumers, killedProducers: killed.producers });
  if (pair[FAULTS] > 0) problems.push(`${pair[FAULTS]} times a process saw half of a guarded change or a damaged item`);
  console.log(JSON.stringify({ items, lost, killed, longestStallMs: Math.round(longestStall), steps: pair[STEPS], problems }));
  process.exitCode = problems.length > 0 ? 1 : 0;
}

if (isMainProcess) await main();
