/** What a process threw, on its way to another. */
import { RemoteError } from '../errors.js';
import { encode } from './encode.js';
import type { Encoded } from './encoded.js';

export { setOrigin, type Origin, type RemoteOrigin } from './origin.js';

/**
 * Encodes what a task or process threw, for certain: an error arrives whole, another value as itself, and where nothing of it can be sent a
 * `RemoteError` says why. Does not throw but for lack of memory.
 */
export function encodeThrown(thrown: unknown, root: string): Encoded {
  try {
    return encode(thrown, root);
  } catch (cause) {
    return encode(new RemoteError(`something was thrown that cannot be sent: ${messageOf(cause)}`, { cause }), root);
  }
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : 'reading it failed';
}
