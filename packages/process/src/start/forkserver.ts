/**
 * Start method `forkserver`: processes that were booted ahead.
 *
 * A standby is a child like any other (control channel, session memory) with an order of its own instead of a target: import core and the
 * modules to preload, say so in the record, and wait for a line on the control channel. That line is the ticket of the child it becomes. It
 * is written at once, not by the event loop, so that a program which starts and then blocks is served. A pool sends an empty line ahead: the
 * standby wakes, on another CPU than this thread's, while the pool prepares its worker. One that has not imported anything when the line comes does not: in a burst of starts each boots while the one before it
 * runs, and the CPUs are for booting.
 *
 * | a standby dies                     | what becomes of it |
 * | ---------------------------------- | --- |
 * | before it is taken                 | the kernel knows: it is not taken, and the start spawns |
 * | after it was taken, before it read | it was the child from then on, under its pid: the child was killed, and reports the signal |
 * | while it preloads, every time      | after `MOST_FAILURES` in a row no more are made |
 * | when it is ended, at any moment    | what it held, and the bell by which others had rung it, is given back once it has ended |
 *
 * A program that starts one process has one, and one that starts a fixed crew has that: a standby would boot on the CPUs that the crew needs. What makes standbys is a second start that does not come with the
 * first: a child has ended before it, or some time has passed. One is kept; two once a start found none ready. They boot when every child has been at its target for a while, after the end of one, when this thread
 * blocks until one ends, or when a single start has taken one that was not ready. They end with the thread that made them, and when none was needed for `IDLE_MS`.
 */
import { identity, mainScriptUrl, native, now, session } from '@manycore/core/internal';
import { prepare, type StandbyOrder } from '../preparation.js';
import { ProcessRecord } from '../record.js';
import { CREATED, ENTERED, type Ticket } from '../ticket.js';
import { countBooting, watchBoot } from './booting.js';
import { conditions, isPlain, sameConditions, type Conditions } from './conditions.js';
import { startSettings, type StartSettings } from './options.js';
import { discard, giveTicket, spawnChild, type Spawned } from './spawn.js';

const IDLE_MS = 10_000;
/** Starts that are nearer to each other are those of a crew. */
const CREW_MS = 250;
/** How often it is looked whether children still boot; when none does, they are left alone that long again: a short one ends meanwhile, others mostly import the modules of their first work. */
const LOOK_MS = 40;
const MOST_STANDBYS = 2;
const MOST_FAILURES = 3;
/** For the death of what was killed. */
const DEATH_MS = 1000;

interface Standby {
  readonly spawned: Spawned;
  readonly record: ProcessRecord;
  readonly conditions: Conditions;
  readonly preloads: boolean;
  readonly onExit: () => void;
}

let preload: readonly string[] = [];
let isLoud = false;
let hasPools = false;
const standbys: Standby[] = [];
let starts = 0;
let startedAt = -Infinity;
/** Whether starts have been seen that do not belong together. */
let isRecurring = false;
let wanted = 0;
let failures = 0;
let isDue = false;
let isEnding = false;
let idle: NodeJS.Timeout | undefined;
let look: NodeJS.Timeout | undefined;

/** The modules that standbys import from now on; those that have others are ended. */
export function preloadModules(modules: readonly string[]): void {
  dismissStandbys();
  preload = modules;
  isLoud = true;
  failures = 0;
}

/** Whether a child by this method may have run modules of the program's before it has its work. */
export const preloadsModules = (): boolean => preload.length > 0;

/** Standbys get ready from now on to be workers of pools, too. */
export function expectWorkers(): void {
  hasPools = true;
}

/** Whether a start finds none and spawns. */
export const hasNoStandby = (): boolean => standbys.length === 0;

/** Wakes the standby that a start with these settings will most likely take, for one who has more to do than to start it; for a mere start it would gain nothing. One that is not taken then sleeps on. */
export function rouseStandby(settings: StartSettings): void {
  const addon = native();
  if (addon.cpuCount === 1 || !isPlain(settings)) return;
  const spawned = standbys.find(isReady)?.spawned;
  if (spawned === undefined || addon.waitProcess(spawned.pid, 0) !== 0) return;
  addon.wakeElsewhere(spawned.pid);
  spawned.control.write('\n');
}

/**
 * Gives the ticket, which is of `record`, to a standby; spawns when there is none, or none that is as this child is to be.
 *
 * @param ahead - a process that was made for this start while there was no standby (`hasNoStandby`), and waits for its ticket.
 */
export function startWarm(name: string, record: ProcessRecord, ticket: Ticket, settings: StartSettings, ahead: Spawned | undefined): Spawned {
  starts++;
  const at = now();
  if (starts > 1 && at - startedAt > CREW_MS) isRecurring = true;
  startedAt = at;
  const taken = isPlain(settings) ? take(settings) : undefined;
  const waiting = taken?.spawned ?? ahead;
  const spawned = waiting ?? spawnChild(name, ticket, settings);
  if (waiting !== undefined) giveTicket(waiting, ticket);
  watchBoot(spawned.process, record, () => {
    isRecurring = true;
    // After those who wait for its end: making a process takes the thread longer than all the rest of it.
    setImmediate(() => setImmediate(() => countBooting() === 0 && refillStandbys()).unref()).unref();
  });
  if (isRecurring) refillSoon();
  // In a burst: the next one boots on the other CPU meanwhile.
  if (taken?.isReady === false) setImmediate(() => countBooting() <= 1 && refillStandbys()).unref();
  return spawned;
}

/** Makes the standbys that are due. By a thread that is about to block, and otherwise once no child boots. */
export function refillStandbys(): void {
  if (!isDue || isEnding) return;
  isDue = false;
  clearTimeout(look);
  while (standbys.length < wanted && failures < MOST_FAILURES) {
    const standby = boot();
    if (standby === undefined) return;
    standbys.push(standby);
  }
}

/** Ends those there are. */
export function dismissStandbys(): void {
  for (const standby of standbys.splice(0)) end(standby);
}

function take(settings: StartSettings): { readonly spawned: Spawned; readonly isReady: boolean } | undefined {
  const wantedConditions = conditions(settings);
  const usual = settings.env === undefined && settings.execArgv === undefined ? wantedConditions : conditions(startSettings({}));
  // They will hardly be needed again: a program changes its folder or environment, and goes on.
  for (const outdated of standbys.filter((standby) => !sameConditions(standby.conditions, usual))) drop(outdated);
  if (!sameConditions(wantedConditions, usual)) return undefined;
  for (const dead of standbys.filter(({ spawned }) => native().waitProcess(spawned.pid, 0) !== 0)) dropDead(dead);
  const ready = standbys.find(isReady);
  if (ready === undefined && starts > 2) wanted = MOST_STANDBYS;
  // One that still boots is sooner there than a new one. Not when modules of the program's run in it: they may end it.
  const standby = ready ?? standbys.find(({ preloads }) => !preloads);
  if (standby === undefined) return undefined;
  failures = 0;
  standbys.splice(standbys.indexOf(standby), 1);
  const { spawned, onExit } = standby;
  spawned.process.removeListener('exit', onExit);
  spawned.process.ref();
  // What it is told first must stay until it has read it.
  if (standby === ready) release(standby);
  else spawned.process.once('exit', () => release(standby));
  return { spawned, isReady: standby === ready };
}

const isReady = ({ record }: Standby): boolean => record.phase === ENTERED;

function refillSoon(): void {
  wanted = Math.max(wanted, 1);
  if (idle === undefined) {
    idle = setTimeout(onIdle, IDLE_MS).unref();
    // Before the children are waited for, which else would be the time to make new ones.
    process.prependListener('exit', endAll);
  } else idle.refresh();
  if (isDue || standbys.length >= wanted) return;
  isDue = true;
  lookAgain();
}

function lookAgain(hadNone = false): void {
  clearTimeout(look);
  look = setTimeout(() => {
    const hasNone = countBooting() === 0;
    if (hasNone && hadNone) refillStandbys();
    else lookAgain(hasNone);
  }, LOOK_MS).unref();
}

function onIdle(): void {
  wanted = 0;
  dismissStandbys();
}

/** Undefined when the system has no room for one; then a start says so, if it finds none either. */
function boot(): Standby | undefined {
  const settings = startSettings({});
  const { name, path, authkey } = identity();
  const standby: StandbyOrder = { isForPools: hasPools, preload, base: baseOf(mainScriptUrl()), isLoud };
  const self = { name: `${name}-standby`, path, daemon: false, authkey, startMethod: 'forkserver' as const, standby };
  let record: ProcessRecord | undefined;
  try {
    const preparation = prepare(self, { target: undefined, className: undefined, args: [], fields: undefined });
    const created = ProcessRecord.create(preparation);
    record = created.record;
    const spawned = spawnChild(self.name, created.ticket, settings);
    preparation.input.commit();
    isLoud = false;
    spawned.process.unref();
    const made: Standby = { spawned, record, conditions: conditions(settings), preloads: preload.length > 0, onExit: () => onEnd(made) };
    spawned.process.once('exit', made.onExit);
    return made;
  } catch {
    if (record !== undefined) release({ record });
    return undefined;
  }
}

const baseOf = (mainScript: string | undefined): string => mainScript ?? `${process.cwd()}/`;

/** It ended by itself, or somebody ended it. */
function onEnd(standby: Standby): void {
  if (standbys.includes(standby)) dropDead(standby);
}

function dropDead(standby: Standby): void {
  if (standby.record.phase === CREATED) failures++;
  drop(standby);
}

function drop(standby: Standby): void {
  standbys.splice(standbys.indexOf(standby), 1);
  end(standby);
}

function end(standby: Standby): void {
  const { spawned, onExit } = standby;
  spawned.process.removeListener('exit', onExit);
  // It may be killed in the middle of its rehearsal: what it held is given back, and the bell closed that others opened to ring it.
  const announce = (): void => session().announceDeath();
  if (spawned.process.exitCode === null && spawned.process.signalCode === null) spawned.process.once('exit', announce);
  else announce();
  discard(spawned);
  release(standby);
}

function release({ record }: Pick<Standby, 'record'>): void {
  record.dropPreparation();
  record.release();
}

/** At the end of this process nothing of it is to be left, so their death is waited for. */
function endAll(): void {
  isEnding = true;
  const pids = standbys.map(({ spawned }) => spawned.pid);
  dismissStandbys();
  for (const pid of pids) native().waitProcess(pid, DEATH_MS);
}
