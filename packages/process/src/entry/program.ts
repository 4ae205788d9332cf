/**
 * What a child does once it has joined its parent, be it a process or a thread: becomes who it is told to be, and does its work. Core is
 * loaded when the target, its arguments or a failure need it.
 */
import { bootstrap } from '../bootstrapping.js';
import { hasNoHooks } from '../plain-module.js';
import type { Head } from '../preparation.js';
import { CHOSEN_METHOD, CURRENT } from '../self.js';
import { ENTERED, RUNNING } from '../ticket.js';
import { direct } from './direct.js';
import type * as Full from './full.js';
import type { Membership } from './join.js';

/** As Node for a main module whose top-level await never settles. */
const UNSETTLED_EXIT_CODE = 13;
const FULL = './full.js';
// The key of identity.ts in core.
const IDENTITY = Symbol.for('manycore.identity@1');

/** Makes this child, for itself, what `head` says. */
export function become({ name, path, daemon, parent, authkey, argv, startMethod }: Head, publish: Membership['publish']): void {
  const identity = { name, isMain: false, daemon, path, parent };
  publish(JSON.stringify({ ...identity, authkey }));
  const shelf = globalThis as Record<symbol, unknown>;
  shelf[IDENTITY] = { ...identity, authkey: Buffer.from(authkey, 'base64') };
  shelf[CHOSEN_METHOD] = startMethod;
  // A standby may have been asked before who it is.
  delete shelf[CURRENT];
  process.argv = [process.execPath, ...argv];
}

/** Imports the long way, with core: without the asynchronous loader if that makes no difference, which saves 4 ms. */
export const loadFull = async ({ requiresModules }: Membership, require: NodeJS.Require): Promise<typeof Full> =>
  requiresModules && hasNoHooks() ? (require(FULL) as typeof Full) : ((await import(FULL)) as typeof Full);

/** What a standby has loaded ahead. */
export interface Loaded {
  readonly full: typeof Full;
  /** Modules of the program's, which may have registered hooks. */
  readonly hasPreloaded: boolean;
}

/** @param standby - absent for a child that was just booted. */
export function runProgram(membership: Membership, require: NodeJS.Require, standby?: Loaded): void {
  const { ticket, head, enter, publish, onExit } = membership;
  let full = standby?.full;
  /** What an empty event loop would leave undone. */
  let stage: 'import' | 'target' | 'settled' = 'import';

  async function load(): Promise<typeof Full> {
    return (full ??= await loadFull(membership, require));
  }

  /**
   * Tells of an uncaught error and ends the process: at once, as Node would, but for the short time in which core is being imported and
   * cannot be had before it is.
   */
  function endBy(thrown: unknown): void {
    try {
      full ??= require(FULL) as typeof Full;
    } catch {
      // With a handler the process goes on; why core could not be had is told if it cannot be had at all.
      process.once('uncaughtException', () => endLater(thrown));
      return;
    }
    end(full, thrown);
  }

  function endLater(thrown: unknown): void {
    load().then(
      (loaded) => end(loaded, thrown),
      (obstacle: unknown) => {
        console.error(`Process ${head.name}:`, thrown, '\nThis could not be handed to the parent process:', obstacle);
        process.exit(1);
      },
    );
  }

  function end({ report }: typeof Full, thrown: unknown): void {
    report(ticket, { thrown });
    process.exit(1);
  }

  async function work(): Promise<void> {
    const importsMain = (head.className ?? head.target)?.isMain === true;
    const call = await bootstrap(importsMain, async () => {
      const { call, ...attempt } = standby?.hasPreloaded === true ? {} : await direct(head, membership.requiresModules ? require : undefined);
      return call ?? (await load()).assemble(ticket, head, attempt);
    });
    enter(RUNNING);
    stage = 'target';
    await call();
  }

  enter(ENTERED);
  become(head, publish);

  // What nobody catches. A program with handlers of its own keeps them, and decides for itself.
  process.on('uncaughtExceptionMonitor', (thrown: unknown) => {
    if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
    endBy(thrown);
  });

  // Work that waits for what can no longer happen leaves the event loop empty: the process ends, and must not pass for one that did its work.
  let isDrained = false;
  process.once('beforeExit', () => (isDrained = true));
  process.once('exit', (code) => {
    if (isDrained && code === 0 && stage !== 'settled') {
      full ??= require(FULL) as typeof Full;
      full.report(ticket, { unsettled: stage });
      process.exitCode = UNSETTLED_EXIT_CODE;
    }
    onExit(Number(process.exitCode ?? code));
  });

  work().then(
    () => (stage = 'settled'),
    (thrown: unknown) => {
      stage = 'settled';
      endLater(thrown);
    },
  );
}
