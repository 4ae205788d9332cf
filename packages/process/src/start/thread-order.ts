/** What a thread that is a child is given by the one that starts it. */
import type { MessagePort } from 'node:worker_threads';

export interface ThreadOrder {
  /** Where its record is, see ticket.ts. */
  readonly ticket: string;
  /** File of the addon; absent when it is to be looked for. */
  readonly addon: string | undefined;
  /** Words that both have, see below. */
  readonly status: Int32Array;
  /** See below. Those below 0 are none. */
  readonly owned: Int32Array;
  /** Descriptors of its standard streams. */
  readonly stdio: readonly [number, number, number];
  /** For what it does: its target knows for what. */
  readonly port: MessagePort | undefined;
}

/**
 * Words of `status`:
 * | word | meaning |
 * | ---- | --- |
 * | STATE | CREATED; then either ENTERED, by the thread together with taking over `owned`, or CANCELLED, by its parent, which then closes `owned` |
 * | EXIT | 0 until the thread has come to its end by itself; then EXITED plus its exit code |
 * | TID  | the system's number of the thread |
 *
 * `owned` is what is closed at the very end of the thread, after it has let go of everything of manycore's: the writing end of the pipe that
 * tells of its end, first of all, then the descriptors of its streams that are its own.
 */
export const STATE = 0;
export const EXIT = 1;
export const TID = 2;
export const STATUS_WORDS = 3;

export const CREATED = 0;
export const ENTERED = 1;
export const CANCELLED = 2;

export const EXITED = 256;
