/** How a child tells of its failure: to its parent through the record, and once to its stderr. */
import { inspect } from 'node:util';
import { encodeThrown, identity } from '@manycore/core/internal';
import type { ProcessRecord } from '../record.js';

/** Hands over what was thrown and prints it under the name of the process. */
export function report(record: ProcessRecord, thrown: unknown): void {
  const { name } = identity();
  // To the terminal first: it needs no memory of the session.
  process.stderr.write(`Process ${name}:\n${inspect(thrown)}\n`);
  try {
    record.putFailure(encodeThrown(thrown, 'error'));
  } catch (failure) {
    record.markUntold();
    process.stderr.write(`Process ${name}: the error above could not be handed to the parent process:\n${inspect(failure)}\n`);
  }
}

/** Reports what nobody in this process catches. A program with handlers of its own keeps them, and decides for itself. */
export function reportUncaught(record: ProcessRecord): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
    report(record, error);
    // What Node would do next, without printing the error a second time.
    process.exit(1);
  });
}
