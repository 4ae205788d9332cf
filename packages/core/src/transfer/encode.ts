/** The encoder of a thread, and the two ways to use it. */
import type { Encoded } from './encoded.js';
import { Encoder } from './encoder.js';

const shared = new Encoder();
/** User code that runs during an `encode` may encode something itself. */
const free = (): Encoder => (shared.busy ? new Encoder() : shared);

/**
 * Encodes a value into the scratch memory of this thread.
 *
 * @param root - what error messages call the value, e.g. `args` or `item`.
 * @throws SerializationError when something in the value cannot be sent; the message starts with the path to it. Errors thrown by getters,
 *   reducers and shared objects are passed on. After an error nothing is detached and no state is left behind.
 */
export function encode(value: unknown, root: string): Encoded {
  return free().run(value, root, false);
}

/**
 * As `encode`, for carriers that copy from several places: large buffers are not copied into the scratch, but stay where they are, as `payloads`, to be copied before other code of this thread can run.
 * Whoever decodes the message hands their copies to `decode`.
 */
export function encodeApart(value: unknown, root: string): Encoded {
  return free().run(value, root, true);
}
