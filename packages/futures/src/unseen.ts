/**
 * Failures that nobody looked at: told on `node:diagnostics_channel` when the future is collected as garbage, or at the end of the program. They are no unhandled rejections, and cost nothing where nobody subscribes.
 */
import { channel } from 'node:diagnostics_channel';
import type { TaskDescription } from './future-owner.js';

/** A message of the channel `manycore:future:unseen`. */
export interface UnseenFailureMessage {
  /** What the future failed with. */
  readonly error: unknown;
  /** What it was of; null for a future that belongs to no executor. */
  readonly task: TaskDescription | null;
}

const UNSEEN = channel('manycore:future:unseen');

/** A failure that may still be looked at. */
export class Unseen {
  constructor(readonly message: UnseenFailureMessage) {}

  /** Somebody has looked. */
  forget(): void {
    reports.delete(this);
  }

  tell(): void {
    if (reports.delete(this)) UNSEEN.publish(this.message);
  }
}

const reports = new Set<Unseen>();
const collected = new FinalizationRegistry<Unseen>((report) => report.tell());
let isAtExit = false;

/** A future has failed, and nobody waits for it. @returns what is to be forgotten when somebody looks; undefined when nobody would be told. */
export function watchUnseen(future: object, error: unknown, task: TaskDescription | null): Unseen | undefined {
  if (!UNSEEN.hasSubscribers) return undefined;
  if (!isAtExit) process.once('exit', tellAll);
  isAtExit = true;
  const report = new Unseen({ error, task });
  reports.add(report);
  collected.register(future, report);
  return report;
}

function tellAll(): void {
  for (const report of [...reports]) report.tell();
}
