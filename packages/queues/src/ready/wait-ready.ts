/**
 * `waitReady`: waits for the first of many objects, without polling any of them.
 *
 * Objects in shared memory are waited for at their places (wait-queue.ts of core), all at once by one waiter (`AsyncWaits.waitAny`); descriptors by a duplicate in the event loop; what changes in this
 * thread only is announced (changes.ts). It consumes nothing: a wake-up that was meant for somebody who takes an item goes on to the next one. While it waits, it costs what a waiting promise does, one look at every object in at most a second.
 *
 * | killed while it waits | left behind                                                                               |
 * | --------------------- | ----------------------------------------------------------------------------------------- |
 * | at any moment         | this thread's bit at the places: the next waker of each finds nobody there and clears it   |
 * | after it was woken    | the item is there, and who else waits for it finds it at the end of a slice                |
 */
import type { WaitOptions } from '@manycore/core';
import { BUSY, deadlineOf, describe, now, session, SLICE_MS, wakeOne, type Deadline, type Readiness } from '@manycore/core/internal';
import { DescriptorReadiness, readinessOf, type Subject } from './subject.js';
import { WatchedDescriptor } from './watched-descriptor.js';

type Subjects = ReadonlyMap<Subject, Readiness>;

/**
 * Waits until at least one of the objects is ready, and returns all that are, in the order given; an object that was given twice comes twice. `[]` when the timeout passed first, and at once for an empty list.
 * Does not block the event loop, takes nothing, and keeps the event loop alive.
 *
 * | object                          | ready when                                                                                              |
 * | ------------------------------- | ------------------------------------------------------------------------------------------------------- |
 * | connection                      | a receiving call would not wait: a message is there or coming, or the end of file, by death too          |
 * | listener without a key          | a client knocks                                                                                         |
 * | listener with a key             | an accept would not wait: a client is authenticated, or was turned away for its key                     |
 * | queue of any kind               | a get would not wait: an item is there, or the queue was shut down                                      |
 * | `Event`                         | it is set, or was since the call                                                                        |
 * | number of a descriptor          | reading it would not wait; a process's `sentinel`: the process has ended                                |
 *
 * Ready is a statement about the moment: where several take from one object, somebody else may be faster. An object that another thread is taking from at that very moment may be missing when others are ready.
 *
 * @param objects - any number of them. An array; any iterable will do.
 * @throws TypeError for what cannot be waited for, and for bad options; the signal's reason when aborted; ClosedError when one of them is closed, or is closed in this thread meanwhile; InvalidStateError for a
 *   connection that only writes.
 * @see Python `multiprocessing.connection.wait`. Differs: milliseconds; queues and events too; no blocking form.
 */
export async function waitReady<T extends Subject>(objects: Iterable<T>, options?: WaitOptions): Promise<T[]> {
  const deadline = deadlineOf(options, 'waitReady');
  const signal = options?.signal;
  signal?.throwIfAborted();
  const given = listOf(objects);
  if (given.length === 0) return [];
  const subjects = new Map<Subject, Readiness>();
  for (const subject of given) if (!subjects.has(subject)) subjects.set(subject, readinessOf(subject));
  const isPatient = deadline !== -Infinity;
  const { ready, busy } = lookAt(subjects, !isPatient);
  if (ready.size === 0) {
    if (isPatient) await waitFor(subjects, deadline, signal, ready);
    // Somebody is at it in this very moment, for the length of a copy: that is no answer yet.
    else if (busy.size > 0) await waitFor(busy, now() + SLICE_MS, signal, ready, true);
  }
  return given.filter((subject) => ready.has(subject));
}

function listOf<T>(objects: Iterable<T>): T[] {
  if (typeof (objects as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] === 'function' && typeof objects !== 'string') return [...objects];
  throw new TypeError(`waitReady: expected an array of objects to wait for, got ${describe(objects)}.`);
}

function lookAt(subjects: Subjects, lookForDead: boolean): { ready: Set<Subject>; busy: Map<Subject, Readiness> } {
  const ready = new Set<Subject>();
  const busy = new Map<Subject, Readiness>();
  for (const [subject, readiness] of subjects) {
    const answer = readiness.isReady(lookForDead);
    if (answer === BUSY) busy.set(subject, readiness);
    else if (answer) ready.add(subject);
  }
  return { ready, busy };
}

/**
 * Waits until one of them is ready, and adds those that are then to `ready`.
 * @param isBrief - a definite answer will do, also that nothing is ready.
 */
async function waitFor(subjects: Subjects, deadline: Deadline, signal: AbortSignal | undefined, ready: Set<Subject>, isBrief = false): Promise<void> {
  const { waits, kernel } = session();
  const descriptors: WatchedDescriptor[] = [];
  let end: { settle(subject: Subject): void; fail(error: unknown): void } | undefined;
  /** Whether that was the end of the wait. */
  const look = (subject: Subject, readiness: Readiness): boolean => {
    try {
      if (readiness.isReady(false) !== true) return false;
      end?.settle(subject);
    } catch (error) {
      end?.fail(error);
    }
    return true;
  };
  try {
    for (const [subject, readiness] of subjects) {
      if (readiness.fd === undefined) continue;
      const descriptor = new WatchedDescriptor(readiness.fd, () => look(subject, readiness));
      descriptors.push(descriptor);
      if (readiness instanceof DescriptorReadiness) readiness.at = descriptor.fd;
    }
    const places = [...subjects].flatMap(([subject, readiness]) => {
      const attempt = (lookForDead: boolean): Subject | undefined | typeof BUSY => {
        const answer = readiness.isReady(lookForDead);
        return answer === BUSY ? BUSY : answer || isBrief ? subject : undefined;
      };
      return readiness.places.map((place) => ({ ...place, attempt }));
    });
    const first = await waits.waitAny<Subject>(places, deadline, signal, (settle, fail) => {
      end = { settle, fail };
      const stops = [...subjects].map(([subject, readiness]) => readiness.whenChanged?.(() => look(subject, readiness)));
      return () => {
        end = undefined;
        for (const stop of stops) stop?.();
      };
    });
    if (first !== undefined && !isBrief) ready.add(first);
    // Also when the time is up: what came while the thread was busy counts.
    for (const subject of lookAt(subjects, false).ready) ready.add(subject);
    if (first === undefined) return;
    // Nothing was taken: who waits there too may.
    for (const { words, queue } of subjects.get(first)!.places) wakeOne(words, queue, kernel);
  } finally {
    for (const descriptor of descriptors) descriptor.close();
  }
}
