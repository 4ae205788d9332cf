export { Connection, type RecvBytesOptions, type SyncRecvBytesOptions } from './connection/connection.js';
export type { Bytes } from './connection/bytes.js';
export type { StreamOptions } from './connection/streamed.js';
export type { WebStreams } from './connection/to-web.js';
export {
  AuthenticationError, BrokenPipeError, BufferTooShortError, ConnectionError, EOFError, MessageTooLongError, QueueEmptyError, QueueError, QueueFullError, QueueShutdownError,
} from './errors.js';
export { Pipe, type PipeOptions, type PipeReader, type PipeWriter } from './pipe/pipe.js';
export type { QueueInspection } from './inspection.js';
export { JoinableQueue, type JoinableQueueOptions } from './joinable-queue.js';
export { Queue } from './queue.js';
export { waitReady } from './ready/wait-ready.js';
export { SimpleQueue } from './simple-queue.js';
export type { Address, AddressFamily } from './socket/address.js';
export { Client, type ClientOptions } from './socket/client.js';
export { Listener, type ListenerOptions } from './socket/listener.js';
