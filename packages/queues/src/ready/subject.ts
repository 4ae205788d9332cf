/** What is waited for: an object, or the number of a descriptor, and what is known of it. */
import { describe, isWaitable, native, READY, type Readiness, type Waitable } from '@manycore/core/internal';
import { isReadable, notOpen } from './watched-descriptor.js';

/** What `waitReady` takes: a connection, a listener, a queue, an event, or a sentinel (the number of a descriptor). */
export type Subject = Waitable | number;

/** A descriptor as an object that can be waited for. */
export class DescriptorReadiness implements Readiness {
  readonly places = [];
  /** Where to look: at its duplicate, once it has one. */
  at: number;

  constructor(readonly fd: number) {
    this.at = fd;
  }

  isReady(): boolean {
    return isReadable(this.at);
  }
}

/** @throws TypeError for what cannot be waited for; ClosedError, InvalidStateError for what cannot be waited for now. */
export function readinessOf(subject: unknown): Readiness {
  if (isWaitable(subject)) return subject[READY]();
  if (typeof subject !== 'number' || !Number.isInteger(subject) || subject < 0) {
    throw new TypeError(`waitReady: can wait for connections, listeners, queues, events, and sentinels (numbers of descriptors, as \`process.sentinel\`), not for ${describe(subject)}.`);
  }
  if (native().fileIdentity(subject) === 0) throw notOpen(subject);
  return new DescriptorReadiness(subject);
}
