import { describe } from '@manycore/core/internal';
import type { Connection } from '../connection/connection.js';
import { PIPE_SEGMENTS } from './direction.js';
import { overPipe } from './pipe-channel.js';
import { PipeEnd } from './pipe-end.js';

/** Options of `Pipe`. */
export interface PipeOptions {
  /** Whether both ends send and receive; default true. */
  duplex?: boolean | undefined;
}

/** The end of a one-way pipe that receives. */
export interface PipeReader<T = unknown> extends Connection<T, never> {
  readonly writable: false;
}

/** The end of a one-way pipe that sends. */
export interface PipeWriter<T = unknown> extends Connection<never, T> {
  readonly readable: false;
}

/**
 * A pipe in one direction: returns the end that receives, and the end that sends. Else as a pipe in both.
 *
 * @typeParam T - what is sent.
 * @throws TypeError; OutOfMemoryError when the session's budget is used up.
 * @see Python `multiprocessing.Pipe(duplex=False)`.
 */
export function Pipe<T = unknown>(options: PipeOptions & { duplex: false }): [reader: PipeReader<T>, writer: PipeWriter<T>];
/**
 * A pipe between any two processes or threads of a tree, in shared memory: returns its two ends. Does not block. With `{ duplex: false }` the first one only receives and the second one only sends.
 *
 * Hand an end to a process, and close your own copy of it: the other side learns of the end of a process by nobody having the end any more. A sender may be ahead of its receiver by up to 960 KiB, then it
 * waits; messages may be larger than that.
 *
 * @typeParam A - what the first end sends.
 * @typeParam B - what the second end sends.
 * @throws TypeError; OutOfMemoryError when the session's budget is used up.
 * @example
 * const [parent, child] = Pipe();
 * new Process({ target: worker, args: [child] }).start();
 * child.close();
 * await parent.send({ hello: 'world' });
 * @see Python `multiprocessing.Pipe`.
 */
export function Pipe<A = unknown, B = A>(options?: PipeOptions): [Connection<B, A>, Connection<A, B>];
export function Pipe(options: PipeOptions = {}): [Connection, Connection] {
  if (typeof options !== 'object' || options === null) throw new TypeError(`Pipe: expected an options object { duplex }, got ${describe(options)}.`);
  const { duplex = true } = options;
  if (typeof duplex !== 'boolean') throw new TypeError(`Pipe: duplex must be true or false, got ${describe(duplex)}.`);
  const [first, second] = PipeEnd.pair(duplex, PIPE_SEGMENTS);
  return [overPipe(first), overPipe(second)];
}
