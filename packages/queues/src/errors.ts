import { ManycoreError } from '@manycore/core';
import { defineError } from '@manycore/core/internal';

/** Base of the errors of queues. */
export class QueueError extends ManycoreError {}
defineError(QueueError, 'QueueError', 'ERR_MANYCORE_QUEUE');

/** No item came within the time given, or there was none for `getNowait`. Python: `queue.Empty`. */
export class QueueEmptyError extends QueueError {}
defineError(QueueEmptyError, 'QueueEmptyError', 'ERR_MANYCORE_QUEUE_EMPTY');

/** No room came within the time given, or there was none for `putNowait`. Python: `queue.Full`. */
export class QueueFullError extends QueueError {}
defineError(QueueFullError, 'QueueFullError', 'ERR_MANYCORE_QUEUE_FULL');

/** The queue was shut down: nothing more can be put, or nothing is left to get. Python: `queue.ShutDown`. */
export class QueueShutdownError extends QueueError {}
defineError(QueueShutdownError, 'QueueShutdownError', 'ERR_MANYCORE_QUEUE_SHUTDOWN');

/** Base of the errors of connections, listeners and clients. */
export class ConnectionError extends ManycoreError {}
defineError(ConnectionError, 'ConnectionError', 'ERR_MANYCORE_CONNECTION');

/** Nothing is left to receive, and nobody has the other end any more. Python: `EOFError`. */
export class EOFError extends ConnectionError {}
defineError(EOFError, 'EOFError', 'ERR_MANYCORE_EOF');

/** Nobody has the other end any more: what is sent would never be received. Python: `BrokenPipeError`. */
export class BrokenPipeError extends ConnectionError {}
defineError(BrokenPipeError, 'BrokenPipeError', 'ERR_MANYCORE_BROKEN_PIPE');

/** A message was longer than the buffer it was to be put in. Nothing is lost: `data` has it. Python: `multiprocessing.BufferTooShort`. */
export class BufferTooShortError extends ConnectionError {
  /** The whole message. */
  declare readonly data: Buffer;
}
defineError(BufferTooShortError, 'BufferTooShortError', 'ERR_MANYCORE_BUFFER_TOO_SHORT');

/** A message was longer than `maxLength` or than what the connection accepts. The connection receives no more. Python: `OSError: bad message length`. */
export class MessageTooLongError extends ConnectionError {}
defineError(MessageTooLongError, 'MessageTooLongError', 'ERR_MANYCORE_MESSAGE_TOO_LONG');

/** The other side does not have the key, or did not say so in time. Python: `multiprocessing.AuthenticationError`. */
export class AuthenticationError extends ConnectionError {}
defineError(AuthenticationError, 'AuthenticationError', 'ERR_MANYCORE_AUTHENTICATION');
