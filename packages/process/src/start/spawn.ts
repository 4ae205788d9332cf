/**
 * Start method `spawn`: a fresh Node process for each child.
 *
 * The child finds at descriptor 3 its control channel, whose other end only this process has: it closes when this process (or the worker
 * thread that started the child) is gone, however it went, and the child ends. Descriptor 4 is the session's memory. The command line says
 * where in it the child's record is; nothing secret is in the command line, and nothing at all in the environment.
 */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { Socket } from 'node:net';
import { native, nativeFile, session } from '@manycore/core/internal';
import { entryFile } from '../entry-url.js';
import { ProcessError } from '../errors.js';
import { LATER, writeTicket, type Ticket } from '../ticket.js';
import { inheritedOptions } from './command-line.js';
import type { StartSettings } from './options.js';
import { limitOptions } from './resource-limits.js';
import { ownStdio } from './thread-stdio.js';

export interface Spawned {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly control: Socket;
}

/**
 * Starts the child that `ticket` is for, or one that is given its ticket later. Returns when the system has made the process, which then still boots.
 *
 * @throws ProcessError with the system's error as cause; nothing is left behind then.
 */
export function spawnChild(name: string, ticket: Ticket | undefined, settings: StartSettings): Spawned {
  const { env, execArgv, stdio, resourceLimits } = settings;
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { fd } = session().inheritance;
  const options = [...(execArgv ?? inheritedOptions(process.execArgv)), ...limitOptions(resourceLimits)];
  const own = ownStdio();
  const streams = stdio.map((target, index) => (target === 'inherit' ? own[index] : target));
  const addon = nativeFile();
  const entry = entryFile('child.cjs');
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, [...options, entry, ticket === undefined ? LATER : writeTicket(ticket), ...(addon === undefined ? [] : [addon])], {
      stdio: [...streams, 'pipe', fd] as StdioOptions,
      ...(env === undefined ? {} : { env }),
    });
  } catch (cause) {
    throw refused(name, `the system refused it: ${(cause as Error).message}`, cause);
  }
  if (child.pid === undefined) throw failed(name, child);
  const control = child.stdio[3] as Socket;
  // It is there to be closed, not to be waited for.
  control.unref();
  // It may be gone when it is written to.
  control.on('error', () => undefined);
  return { process: child, pid: child.pid, control };
}

/** Hands the ticket to a process that waits for it, at once and not in the next turn of the event loop. */
export function giveTicket({ control }: Spawned, ticket: Ticket): void {
  control.write(`${writeTicket(ticket)}\n`);
}

/** Ends a process that was made and is not needed after all, before its work. */
export function discard({ process: child, control }: Spawned): void {
  child.kill('SIGKILL');
  control.destroy();
}

/** libuv reports some failures in the next turn of the event loop only; what they are can be found out right now all the same. */
function failed(name: string, child: ChildProcess): ProcessError {
  const cause = obstacle();
  // Absent when it was descriptors that ran out.
  (child.stdio as typeof child.stdio | undefined)?.[3]?.destroy();
  const error = refused(
    name,
    cause?.message ?? 'the system refused a new process, usually because of a limit on processes (ulimit -u) or memory.',
    cause,
  );
  child.once('error', (reported) => {
    error.cause ??= reported;
  });
  return error;
}

function obstacle(): Error | undefined {
  const { accessSync, constants } = process.getBuiltinModule('node:fs');
  try {
    accessSync(process.execPath, constants.X_OK);
  } catch (error) {
    return error as Error;
  }
  const ends = native().pipe();
  if (typeof ends === 'number') {
    const { getSystemErrorName } = process.getBuiltinModule('node:util');
    const code = getSystemErrorName(ends);
    return Object.assign(new Error(`${code}: no descriptor is left for a new process; raise the limit (ulimit -n).`), {
      code,
      errno: ends,
      syscall: 'pipe',
    });
  }
  for (const end of ends) native().close(end);
  return undefined;
}

function refused(name: string, why: string, cause: unknown): ProcessError {
  return new ProcessError(`${name} could not be started: ${why}`, cause === undefined ? {} : { cause });
}
