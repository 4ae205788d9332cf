/** How a child tells of its failure: once to its stderr, and to its parent through the record. */
import { inspect } from 'node:util';
import { encodeThrown, identity, setOrigin } from '@manycore/core/internal';
import { ProcessError } from '../errors.js';
import { ProcessRecord } from '../record.js';
import type { Ticket } from '../ticket.js';

/** A failure that is none of the program's own, told by what was going on. */
export interface Unsettled {
  readonly unsettled: 'target' | 'import';
}

/** Prints what was thrown under the name of the process, and hands it over. */
export function report(ticket: Ticket, failure: { readonly thrown: unknown } | Unsettled): void {
  const { name } = identity();
  setOrigin({ pid: process.pid, processName: name });
  const thrown = 'thrown' in failure ? failure.thrown : unsettledError(failure);
  // First of all, since it needs no memory of the session.
  process.stderr.write(`Process ${name}:\n${inspect(thrown)}\n`);
  let record: ProcessRecord | undefined;
  try {
    record = ProcessRecord.open(ticket);
    record.putFailure(encodeThrown(thrown, 'error'));
  } catch (obstacle) {
    record?.markUntold();
    process.stderr.write(`Process ${name}: the error above could not be handed to the parent process:\n${inspect(obstacle)}\n`);
  }
}

function unsettledError({ unsettled }: Unsettled): ProcessError {
  const what = unsettled === 'target' ? 'its target returned a promise' : 'a module that it imports awaits something at its top level';
  return new ProcessError(`nothing is left in the event loop that could go on, but ${what} that is still pending.`);
}
