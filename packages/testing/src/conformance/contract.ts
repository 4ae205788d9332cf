/**
 * What a conformance suite is: cases that any start method can run, and the programs its participants run.
 *
 * A suite imports nothing of ours: the primitive comes from the factory of `Env`, and what the suite needs of it is a small interface of its own. Programs are ordinary functions beside
 * their cases; a participant finds them by name in `conformancePrograms`.
 */

/** Another thread or process that runs one program. */
export interface Participant {
  /** What the program returned; rejects with what it threw, or when the participant died without being killed. */
  readonly result: Promise<unknown>;
  /** SIGKILL of a process, `terminate` of a thread; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a program with arguments; what they refer to in shared memory is the same object over there. */
export type Start = <A extends unknown[]>(program: (...args: A) => unknown, ...args: A) => Participant;

export interface Env<T, O extends unknown[] = []> {
  make(...options: O): T;
  /** Zeroed words in shared memory. */
  board(): Int32Array;
  /** On a participant that exists already: the arguments travel in a queue item. */
  readonly start: Start;
  /** On a new participant: the arguments travel with its start. */
  readonly startNew: Start;
  /** On a participant that a participant starts. */
  readonly startGrandchild: Start;
}

export interface Case<T, O extends unknown[] = []> {
  readonly title: string;
  run(env: Env<T, O>): Promise<void>;
}

/** How a participant asks for something: with a promise, blocking its thread, or trying again and again. */
export type Form = 'promise' | 'blocked' | 'try';

/** What the objects of a suite have: all three forms, or promises only, as proxies of a manager; then every method gives a promise, and nobody takes part otherwise. */
export type Forms = 'all' | 'promises';

/** The form in which a participant takes part that would block its thread, where that can be done. */
export const blockedOf = (forms: Forms): Form => (forms === 'all' ? 'blocked' : 'promise');

/** So many rounds, or a quarter where each takes messages to and fro. */
export const roundsOf = (forms: Forms, rounds: number): number => (forms === 'all' ? rounds : rounds / 4);

/** The forms of participants that wait. */
export const waitingForms = (forms: Forms): readonly Form[] => (forms === 'all' ? ['promise', 'blocked'] : ['promise']);

/** What a method gives that does not wait, and what an object is made by: a promise where there is nothing but promises. */
export type Soon<T> = T | Promise<T>;

export interface Timed {
  timeout?: number;
}
export interface Cancellable extends Timed {
  signal?: AbortSignal;
}
