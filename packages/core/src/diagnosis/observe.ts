/**
 * Reads an object of session memory that this thread does not hold, without a lock. The block cannot vanish under the reader (session memory stays mapped), but it may be given to
 * another object meanwhile: the generation in the object table is read before and after, and only what was read within one generation counts.
 */
import { blockOffset, entryOf, isObjectId, OBJECT_STATE, OBJECT_TYPE } from '../memory/objects.js';
import { AtomicWords, type Words } from '../memory/words.js';
import { WINDOW_WORDS } from '../memory/windows.js';
import type { Session } from '../session/session.js';
import { lockTypeOf, type NamedLockType } from './lock-types.js';

/** An object that somebody may hold or wait for. */
export interface Observed {
  readonly id: number;
  readonly generation: number;
  readonly type: NamedLockType;
  readonly words: Words;
}

/** What `look` saw of the object with that number; undefined when there is none, it is of no type that is known here, or it went away. */
export function observe<T>({ heap: { windows } }: Session, id: number, look: (object: Observed) => T): T | undefined {
  if (!isObjectId(id)) return undefined;
  const entry = entryOf(id);
  const state = windows.load(entry + OBJECT_STATE);
  if ((state & 1) === 0) return undefined;
  const type = lockTypeOf(windows.load(entry + OBJECT_TYPE));
  if (type === undefined) return undefined;
  const address = blockOffset(windows, id) / 4;
  const words = new AtomicWords(windows.holding(address), address % WINDOW_WORDS);
  const seen = look({ id, generation: state >>> 1, type, words });
  return windows.load(entry + OBJECT_STATE) === state ? seen : undefined;
}
