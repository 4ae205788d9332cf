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
