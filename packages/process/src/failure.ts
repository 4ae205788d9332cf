/** What a child that ended failed with, as its parent is told. */
import { RemoteError } from '@manycore/core';
import { decode } from '@manycore/core/internal';
import { ProcessError, type ProcessEnd } from './errors.js';
import type { ProcessRecord } from './record.js';
import { CREATED, RUNNING, type Phase } from './ticket.js';

/** A child as its parent knows it. */
export interface Ended {
  readonly name: string;
  readonly pid: number;
  readonly exitCode: number;
  readonly signalCode: NodeJS.Signals | null;
  /** Stack lines of the `start()` call: the local end of a remote stack. */
  readonly callSite: string;
}

/** The error of an ended child; null when it had none. What was thrown and is no Error arrives as itself. */
export function readFailure(record: ProcessRecord, ended: Ended): Error | null {
  const { name, pid, exitCode, signalCode } = ended;
  const failure = record.failure();
  if (failure === undefined) {
    // A signal has a sender, who knows; a process that ended by itself before it ran its target is a riddle otherwise.
    return record.phase === RUNNING || signalCode !== null || exitCode < 0 ? null : neverRan(ended, record.phase);
  }
  if (failure === 'untold')
    return new RemoteError(
      `${name} (pid ${pid}) failed with an error that it could not hand over for lack of memory; it printed it to its stderr.`,
    );
  let thrown: unknown;
  try {
    thrown = decode(failure.bytes, failure.start, failure.end, { callSite: ended.callSite });
  } catch (cause) {
    return new RemoteError(`${name} (pid ${pid}) failed with an error that cannot be rebuilt here; it printed it to its stderr.`, {
      cause,
    });
  }
  if (thrown !== undefined && thrown !== null) return thrown as Error;
  return new ProcessError(`${name} (pid ${pid}) threw ${String(thrown)}, which is no Error.`, { pid });
}

function neverRan({ name, pid, exitCode, signalCode }: Ended, phase: Phase): ProcessError {
  const end: ProcessEnd = { exitCode, signal: signalCode };
  const why =
    phase === CREATED
      ? 'Node did not get as far as loading manycore: an option in execArgv or NODE_OPTIONS is not accepted, ' +
        'or a preloaded module ended the process. Its stderr says more.'
      : 'a module that it imported called process.exit(). Code that is for the main program alone belongs behind `if (isMainProcess)`.';
  return new ProcessError(`${name} (pid ${pid}) ended with exit code ${exitCode} before its target was called: ${why}`, { pid, end });
}
