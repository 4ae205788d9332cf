/**
 * The note that a lock's owner died: who it was and when, kept in the lock's block until `recover()`.
 *
 * Layout, words from `NOTE`: 0 = IS_ABANDONED, 1 = pid, 2 and 3 = time (milliseconds since 1970, low and high half), 4 = bytes of the name, 5.. = the name, UTF-8.
 * Written by whoever takes the lock over, while it holds the lock; IS_ABANDONED last. Killed before that, the next one to take over writes a note about it instead: the lock stays
 * marked, with the latest of the dead.
 */
import type { Kernel, Session, Words } from '@manycore/core/internal';
import { slotOf } from '@manycore/core/internal';

/** What is known of an owner that died. */
export interface Abandoned {
  /** Null when seven others have had its slot before anybody noticed its death. */
  readonly pid: number | null;
  readonly name: string | null;
  /** When it was noticed: milliseconds since 1970. */
  readonly at: number;
}

const IS_ABANDONED = 0;
const PID = 1;
const TIME_LOW = 2;
const TIME_HIGH = 3;
const NAME_BYTES = 4;
const NAME = 5;
const NAME_WORDS = 20;
export const NOTE_WORDS = NAME + NAME_WORDS;
const HALF = 2 ** 31;

/** Notes the death of `owner`. Only by the thread that took the lock over from it. */
export function note(words: Words, at: number, owner: number, { slots }: Session): void {
  const who = slots.tenant(owner);
  const name = Buffer.alloc(NAME_WORDS * 4);
  const bytes = name.write(who?.name ?? '', 'utf8');
  const now = Date.now();
  words.store(at + PID, who?.pid ?? 0);
  words.store(at + TIME_LOW, now % HALF);
  words.store(at + TIME_HIGH, Math.floor(now / HALF));
  words.store(at + NAME_BYTES, bytes);
  for (let i = 0; i < NAME_WORDS; i++) words.store(at + NAME + i, name.readInt32LE(i * 4));
  words.store(at + IS_ABANDONED, 1);
}

export function isNoted(words: Words, at: number): boolean {
  return words.load(at + IS_ABANDONED) !== 0;
}

export function read(words: Words, at: number): Abandoned | null {
  if (!isNoted(words, at)) return null;
  const name = Buffer.alloc(NAME_WORDS * 4);
  for (let i = 0; i < NAME_WORDS; i++) name.writeInt32LE(words.load(at + NAME + i), i * 4);
  const pid = words.load(at + PID);
  return {
    pid: pid === 0 ? null : pid,
    name: pid === 0 ? null : name.toString('utf8', 0, words.load(at + NAME_BYTES)),
    at: words.load(at + TIME_LOW) + words.load(at + TIME_HIGH) * HALF,
  };
}

export function erase(words: Words, at: number): void {
  words.store(at + IS_ABANDONED, 0);
}

/** The holder as `Process-1 (pid 12)`, for messages and inspection; null when nobody holds. */
export function holderName(owner: number, { slots }: Session, kernel: Kernel): string | null {
  if (owner === 0) return null;
  const who = slots.tenant(owner);
  if (who === null) return 'a thread that is gone';
  return `${slotOf(owner) === kernel.slot ? 'this thread, ' : ''}${who.name} (pid ${who.pid})`;
}
