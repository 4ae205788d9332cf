/**
 * A main program of the pipe campaign: two senders and two receivers share the ends of a pipe, or a queue; a pair asks and answers over a pipe that is theirs alone. A random one is killed again and again,
 * and another one starts in its seat; who was its pair is sent an end of a new pipe. Audits at the end.
 *
 * node pipe-tree.mjs --seconds N --seed S --carrier pipe|queue: prints one JSON line.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isMainProcess, Pipe, Process, Queue, sharedBuffer } from 'manycore';
import { holdings, notGivenBack } from './given-back.mjs';
import { audit, makeLedger } from './ledger.mjs';
import { answerer, asker, FAULTS, receiver, sender, STEPS, STOP } from './pipe-roles.mjs';
import { random } from './random.mjs';

const STALL_MS = 5_000;
/** Starting a process takes its time on a machine that has other things to do. */
const START_MS = 30_000;
const LONGEST_PAUSE_MS = 40;
/** Of the kills, those that may hit a member that has not begun yet. */
const EARLY = 0.1;
const MOST_SENDERS = 300;
const ITEMS_IN_QUEUE = 20;

const SEATS = [
  { role: sender, form: 'blocked', group: 'senders' },
  { role: sender, form: 'promise', group: 'senders' },
  { role: receiver, form: 'blocked', group: 'receivers' },
  { role: receiver, form: 'promise', group: 'receivers' },
  { role: asker, form: 'promise', group: 'asker' },
  { role: answerer, form: 'blocked', group: 'answerer' },
];
const [ASKER, ANSWERER] = [4, 5];
const isOfPair = (seat) => seat >= ASKER;

export function nothing() {
  // Ends.
}

class Tree {
  members = [];
  killed = { senders: 0, receivers: 0, asker: 0, answerer: 0 };
  board = new Int32Array(sharedBuffer(64 * 4).buffer, 0, 64);
  ledger = makeLedger(MOST_SENDERS);
  numbers = 0;

  constructor(carrier) {
    this.ends = carrier === 'queue' ? [new Queue(ITEMS_IN_QUEUE)] : Pipe({ duplex: false });
  }

  begin() {
    const pair = Pipe();
    for (let seat = 0; seat < SEATS.length; seat++) this.start(seat, pair[seat - ASKER]);
    for (const end of pair) end.close();
  }

  start(seat, end) {
    const { role, form, group } = SEATS[seat];
    const number = role === sender || role === asker ? this.numbers++ : -1;
    const name = `${role.name} ${form}`;
    const mailbox = isOfPair(seat) ? new Queue() : undefined;
    const carrier = end ?? (role === sender ? this.ends.at(-1) : this.ends[0]);
    const process = new Process({ target: role, args: [{ board: this.board, seat, number, name }, carrier, form, mailbox ?? this.ledger], name, daemon: true }).start();
    this.members[seat] = { seat, group, process, mailbox, hasBegun: false, steps: this.steps(seat), since: performance.now() };
  }

  steps(seat) {
    return Atomics.load(this.board, STEPS + seat);
  }

  /** Seats of members in the midst of it: who has begun, with the others of the scene; `early`, some that have not, too. */
  killable(early) {
    const busy = this.members.filter(({ seat, hasBegun }) => hasBegun === true && this.members.filter((other) => isOfPair(other.seat) === isOfPair(seat) && other.hasBegun !== true).length <= 1);
    const chosen = early && busy.length > 0 ? this.members : busy;
    return chosen.filter(({ group }) => group !== 'senders' || this.numbers < MOST_SENDERS - 2).map(({ seat }) => seat);
  }

  async replace(seat) {
    const { process, group, mailbox } = this.members[seat];
    process.kill();
    await process.join();
    if (process.exitCode !== -9) throw new Error(`${process.name}, killed, has exit code ${process.exitCode}: ${process.error?.stack}`);
    this.killed[group]++;
    if (!isOfPair(seat)) return this.start(seat);
    // An end that nobody will take any more is open as long as it lies there.
    while (!mailbox.empty()) mailbox.getNowait().close();
    const other = this.members[seat === ASKER ? ANSWERER : ASKER];
    const [mine, theirs] = Pipe();
    this.start(seat, mine);
    other.mailbox.putSync(theirs);
    other.hasBegun &&= 'waits';
    mine.close();
    theirs.close();
  }

  /** Somebody of every group must get on while all of its scene are there, and everybody within START_MS. */
  longestStall() {
    const at = performance.now();
    for (const member of this.members) {
      const steps = this.steps(member.seat);
      if (steps !== member.steps) Object.assign(member, { hasBegun: true, steps, since: at });
    }
    let longest = 0;
    for (const group of new Set(SEATS.map(({ group }) => group))) {
      const scene = this.members.filter(({ seat }) => isOfPair(seat) === (group === 'asker' || group === 'answerer'));
      const ofGroup = scene.filter((member) => member.group === group);
      if (scene.some(({ hasBegun }) => hasBegun !== true)) for (const member of ofGroup) if (member.hasBegun === true) member.since = at;
      const stall = at - Math.max(...ofGroup.map(({ since }) => since));
      if (scene.every(({ hasBegun }) => hasBegun === true)) {
        longest = Math.max(longest, stall);
        if (stall > STALL_MS) throw new Error(`${group} have not got on for ${Math.round(stall)} ms`);
      }
    }
    for (const { process, since } of this.members) if (at - since > START_MS) throw new Error(`${process.name} has not got on for ${Math.round(at - since)} ms (exit code ${process.exitCode}): ${process.error?.stack}`);
    return longest;
  }

  async finish() {
    Atomics.store(this.board, STOP, 1);
    for (const { mailbox } of this.members) mailbox?.putSync(null);
    const join = (members) => Promise.all(members.map(({ process }) => process.join({ timeout: START_MS })));
    await join(this.members.filter(({ group }) => group === 'senders'));
    // The receivers take what is left, and then there is nothing more.
    this.ends[0].shutdown?.();
    for (const end of this.ends) end.close();
    await join(this.members);
    const problems = this.members.filter(({ process }) => process.exitCode !== 0).map(({ process }) => `${process.name} ended with ${process.exitCode}: ${process.error?.stack ?? 'it hangs'}`);
    if (this.board[FAULTS] > 0) problems.push(`${this.board[FAULTS]} messages damaged`);
    const { senders, receivers } = this.killed;
    const { items, lost, problems: found } = audit(this.ledger, { killedConsumers: receivers, killedProducers: senders });
    return { messages: items, answers: this.steps(ASKER), lost, problems: [...problems, ...found] };
  }
}

async function main() {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' }, carrier: { type: 'string', default: 'pipe' } } });
  const next = random(Number(values.seed));
  // What the first process costs for good.
  await new Process({ target: nothing }).start().join();
  const before = holdings();
  const result = await play(next, Number(values.seconds), values.carrier);
  result.problems.push(...(await notGivenBack(before)));
  console.log(JSON.stringify(result));
  process.exitCode = result.problems.length > 0 ? 1 : 0;
}

/** In a function of its own, so that nothing of it is held afterwards. */
async function play(next, seconds, carrier) {
  const tree = new Tree(carrier);
  tree.begin();
  let longestStallMs = 0;
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    await sleep(next() * LONGEST_PAUSE_MS);
    longestStallMs = Math.max(longestStallMs, Math.round(tree.longestStall()));
    const seats = tree.killable(next() < EARLY);
    if (seats.length > 0) await tree.replace(seats[Math.floor(next() * seats.length)]);
  }
  const { killed } = tree;
  return { ...(await tree.finish()), killed, kills: Object.values(killed).reduce((sum, count) => sum + count, 0), longestStallMs };
}

if (isMainProcess) await main();
