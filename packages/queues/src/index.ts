export { QueueEmptyError, QueueError, QueueFullError, QueueShutdownError } from './errors.js';
export { Queue } from './queue.js';
