/**
 * The event loop's side of the waiting protocol (wait-queue.ts): promises that wait at places in shared memory, one doorbell for all of them.
 *
 * For each place this thread keeps its waiters in order of arrival; its bit in the place's bitmap is set while there are any. After a ring, places whose bit was taken
 * are served: bit set again, then each waiter in turn tries; the first that must go on waiting ends the round, as those behind it came later.
 * A waiter that leaves (timeout, abort) as the last one while the bit was already taken passes the wake-up on.
 *
 * What a ring cannot tell (its ringer was killed before ringing, a holder died unseen) is found by a slow slice (slow-slice.ts), only while something waits. The bell alone decides whether the event
 * loop lives.
 */
import type { Words } from '../memory/words.js';
import { AwaitedLocks } from './awaited-locks.js';
import { remaining, type Deadline } from './deadline.js';
import type { Kernel } from './kernel.js';
import { SlowSlice } from './slow-slice.js';
import { delist, enlist, isEnlisted, wakeOne } from './wait-queue.js';

/** An attempt's answer when a lock was in its way: it has called `enlistAlso` for that lock, and is tried again at the next ring whatever rang. */
export const BUSY: unique symbol = Symbol('busy');

/** Tries once; undefined means: go on waiting. `lookForDead` asks for a look at holders that may have died. */
export type Attempt<T> = (lookForDead: boolean) => T | undefined | typeof BUSY;

/** Where `waitAny` waits, and what it tries there. */
export interface WaitAt<T> {
  readonly words: Words;
  readonly queue: number;
  readonly attempt: Attempt<T>;
}

/** What may end a wait from outside of shared memory; returns how to stop it. */
export type Elsewhere<T> = (settle: (value: T) => void, fail: (error: unknown) => void) => () => void;

interface Waiter {
  attempt: Attempt<unknown>;
  settle(value: unknown): void;
  fail(error: unknown): void;
}

interface Place {
  readonly words: Words;
  readonly queue: number;
  readonly waiters: Set<Waiter>;
  /** The last attempt found a lock in its way. */
  isBusy: boolean;
}

interface Turn<T> {
  readonly place: Place;
  readonly attempt: Attempt<T>;
}

export interface AsyncWaitsHost {
  readonly kernel: Kernel;
  /** Makes the doorbell call `AsyncWaits.onRing`, if it does not yet. */
  installBell(): void;
  /** Whether pending waits keep the event loop alive. */
  referenceBell(on: boolean): void;
}

export class AsyncWaits {
  /** By wait queue: all objects of one thread over the same shared structure share one `Words` only when they are the same object, so both are the key. */
  readonly #places = new Map<Words, Map<number, Place>>();
  readonly #locks: AwaitedLocks;
  readonly #slice = new SlowSlice(() => this.#serveAll(true, true));
  #pending = 0;

  constructor(readonly host: AsyncWaitsHost) {
    this.#locks = new AwaitedLocks(host.kernel);
  }

  /** Whether promises of this thread wait at that queue: whoever comes has to go behind them. */
  isWaitedFor(words: Words, queue: number): boolean {
    return this.#pending > 0 && this.#places.get(words)?.has(queue) === true;
  }

  /**
   * Resolves with what `attempt` returns once that is not undefined, or with undefined when the deadline passes first; rejects with `signal.reason` when aborted, with nothing
   * consumed. Does not block. The first attempt is made at once.
   */
  wait<T>(words: Words, queue: number, attempt: Attempt<T>, deadline: Deadline, signal: AbortSignal | undefined): Promise<T | undefined> {
    const { kernel } = this.host;
    if (signal?.aborted === true) return rejected(signal);
    if (deadline === -Infinity) return Promise.resolve(settled(attempt(true)));
    this.host.installBell();
    const place = this.#placeAt(words, queue);
    // Step 1 before step 2: a wake-up between a failed attempt and enlisting would be lost.
    enlist(words, queue, kernel.slot);
    let first: T | undefined | typeof BUSY;
    try {
      first = place.waiters.size === 0 ? attempt(false) : undefined;
    } catch (error) {
      this.#leave(place);
      throw error;
    }
    if (first === BUSY) place.isBusy = true;
    else if (first !== undefined) {
      this.#leave(place);
      return Promise.resolve(first);
    }
    return this.#queueUp<T>([{ place, attempt }], deadline, signal);
  }

  /**
   * As `wait`, at several places at once: resolves with the first answer that one of the attempts gives. At each place the wait has its turn like any other, so the attempt of a place is made while nobody
   * waits there before it.
   *
   * An attempt that consumes nothing leaves what it was woken for to others: its caller wakes the next one (`wakeOne`) at the place where it succeeded.
   * @param elsewhere - begins what may also end the wait, from outside of shared memory and later than in this call; returns how to stop it, which is called however the wait ends.
   */
  waitAny<T>(waits: readonly WaitAt<T>[], deadline: Deadline, signal: AbortSignal | undefined, elsewhere?: Elsewhere<T>): Promise<T | undefined> {
    if (signal?.aborted === true) return rejected(signal);
    const { slot } = this.host.kernel;
    this.host.installBell();
    const turns = waits.map(({ words, queue, attempt }) => ({ place: this.#placeAt(words, queue), attempt }));
    for (const { words, queue } of waits) enlist(words, queue, slot);
    const leave = (): void => {
      for (const { place } of turns) this.#leave(place);
    };
    try {
      for (const { place, attempt } of turns) {
        const first = place.waiters.size === 0 ? attempt(false) : undefined;
        if (first === undefined) continue;
        if (first !== BUSY) {
          leave();
          return Promise.resolve(first);
        }
        place.isBusy = true;
      }
    } catch (error) {
      leave();
      return Promise.reject(error);
    }
    return this.#queueUp(turns, deadline, signal, elsewhere);
  }

  /** The waiting itself; this thread's bit is set at each place. */
  #queueUp<T>(turns: readonly Turn<T>[], deadline: Deadline, signal: AbortSignal | undefined, elsewhere?: Elsewhere<T>): Promise<T | undefined> {
    return new Promise<T | undefined>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let isOver = false;
      let stop: (() => void) | undefined;
      const finish = (): void => {
        isOver = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        stop?.();
        for (const [index, { place }] of turns.entries()) place.waiters.delete(waiters[index]!);
        this.#count(-1);
        for (const { place } of turns) this.#leave(place);
      };
      const settle = (value: unknown): void => {
        finish();
        resolve(value as T | undefined);
      };
      const fail = (error: unknown): void => {
        finish();
        reject(error);
      };
      const waiters = turns.map(({ attempt }): Waiter => ({ attempt, settle, fail }));
      const onAbort = (): void => fail(signal!.reason);
      const onTime = (): void => {
        // Timers count from the start of the loop's turn and may fire a hair early; a long one is cut to what setTimeout can hold.
        const left = remaining(deadline);
        if (left > 0) {
          timer = setTimeout(onTime, Math.min(left, MAX_TIMER_MS));
          return;
        }
        for (const { place } of turns) if (!isOver) this.#serve(place, true);
        if (!isOver) settle(undefined);
      };
      for (const [index, { place }] of turns.entries()) place.waiters.add(waiters[index]!);
      this.#count(1);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (deadline !== Infinity) timer = setTimeout(onTime, Math.min(remaining(deadline), MAX_TIMER_MS));
      if (elsewhere === undefined) return;
      try {
        stop = elsewhere(settle, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  /**
   * For an attempt that is about to answer BUSY: has this thread rung when the lock at `queue` is given up. The attempt tries the lock once more after this call.
   */
  enlistAlso(words: Words, queue: number): void {
    this.host.installBell();
    this.#locks.enlist(words, queue);
  }

  /** Has the wait with that attempt fail now, whoever waits before it. Does nothing when there is none. */
  cancel(words: Words, queue: number, attempt: Attempt<unknown>, error: unknown): void {
    for (const waiter of this.#places.get(words)?.get(queue)?.waiters ?? []) if (waiter.attempt === attempt) waiter.fail(error);
  }

  /** Takes back what `enlistAlso` did at a structure that is about to be given back; nothing of this thread waits there. */
  forget(words: Words): void {
    this.#locks.leave(words);
  }

  /** The doorbell rang. With `everything`, somebody died: look at every place, and for dead holders. */
  onRing(everything: boolean): void {
    this.#slice.shorten();
    this.#serveAll(everything, everything);
  }

  #serveAll(everything: boolean, lookForDead: boolean): void {
    const { slot } = this.host.kernel;
    for (const places of [...this.#places.values()]) {
      for (const place of [...places.values()]) {
        if (everything || place.isBusy || !isEnlisted(place.words, place.queue, slot)) this.#serve(place, lookForDead);
      }
    }
    this.#leaveLocks();
  }

  /** When nothing is busy any more. */
  #leaveLocks(): void {
    if (this.#locks.isEmpty) return;
    for (const places of this.#places.values()) {
      for (const place of places.values()) if (place.isBusy) return;
    }
    this.#locks.leave();
  }

  /** Serves waiters in order. */
  #serve(place: Place, lookForDead: boolean): void {
    if (place.waiters.size === 0) return;
    enlist(place.words, place.queue, this.host.kernel.slot);
    // A Set may be changed while it is walked: the settled leave, and whoever comes meanwhile has its turn at the end.
    for (const waiter of place.waiters) {
      let value: unknown;
      try {
        value = waiter.attempt(lookForDead);
      } catch (error) {
        waiter.fail(error);
        continue;
      }
      if (value === BUSY) place.isBusy = true;
      if (value === BUSY || value === undefined) break;
      waiter.settle(value);
    }
  }

  #placeAt(words: Words, queue: number): Place {
    let places = this.#places.get(words);
    if (places === undefined) this.#places.set(words, (places = new Map<number, Place>()));
    let place = places.get(queue);
    if (place === undefined) places.set(queue, (place = { words, queue, waiters: new Set(), isBusy: false }));
    return place;
  }

  /** After a waiter is gone: the last one takes the bit along, and passes on a wake-up that came for it. */
  #leave(place: Place): void {
    const places = this.#places.get(place.words);
    // One that waited at it several times leaves it several times.
    if (place.waiters.size > 0 || places?.get(place.queue) !== place) return;
    places.delete(place.queue);
    if (places.size === 0) this.#places.delete(place.words);
    const { kernel } = this.host;
    if (!delist(place.words, place.queue, kernel.slot)) wakeOne(place.words, place.queue, kernel);
    this.#leaveLocks();
  }

  #count(change: 1 | -1): void {
    this.#pending += change;
    if (this.#pending === 0) {
      this.host.referenceBell(false);
      this.#slice.stop();
    } else if (!this.#slice.isRunning) {
      this.host.referenceBell(true);
      this.#slice.start();
    }
  }
}

/** The answer of an attempt that will not be repeated: busy is not got. */
const settled = <T>(answer: T | undefined | typeof BUSY): T | undefined => (answer === BUSY ? undefined : answer);

/** What a rejected wait rejects with is the user's own reason, Error or not. */
const rejected = (signal: AbortSignal): Promise<never> => Promise.reject(signal.reason as Error);

/** The longest delay that a Node timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;
