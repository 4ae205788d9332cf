/**
 * The standard streams of a thread that is a child: descriptors, as those of a process. What a worker thread usually prints goes through the
 * event loop of its parent, and is lost when that blocks and then exits; this does not.
 */
import type { Socket } from 'node:net';
import { native } from '@manycore/core/internal';
import type { Streams } from '../child.js';
import { ProcessError } from '../errors.js';
import { THREAD_STDIO } from '../self.js';
import type { StdioTarget } from './options.js';

type Three<T> = readonly [T, T, T];

export interface ThreadStdio {
  /** What the thread reads and writes. */
  readonly fds: Three<number>;
  /** Those of them that are the thread's own, and end with it. */
  readonly owned: readonly number[];
  /** The other ends of pipes. */
  readonly streams: Streams;
}

/** The descriptors of this thread's standard streams: the process's, unless it is itself a child. */
export function ownStdio(): Three<number> {
  return (globalThis as { [THREAD_STDIO]?: Three<number> })[THREAD_STDIO] ?? [0, 1, 2];
}

/** @throws ProcessError when there are no descriptors left, or a stream has none; nothing is open then. */
export function openStdio(name: string, targets: Three<StdioTarget>): ThreadStdio {
  const fds: number[] = [];
  const owned: number[] = [];
  const streams: (Socket | null)[] = [null, null, null];
  const own = ownStdio();
  try {
    for (const [index, target] of targets.entries()) {
      if (target === 'inherit') {
        fds.push(own[index]!);
        continue;
      }
      const fd = target === 'pipe' ? pipe(name, index, streams) : target === 'ignore' ? nothing() : copy(name, index, target);
      fds.push(fd);
      owned.push(fd);
    }
  } catch (error) {
    for (const fd of owned) native().close(fd);
    for (const stream of streams) stream?.destroy();
    throw error;
  }
  const [stdin, stdout, stderr] = streams as [Socket | null, Socket | null, Socket | null];
  return { fds: fds as unknown as Three<number>, owned, streams: { stdin, stdout, stderr } };
}

function pipe(name: string, index: number, streams: (Socket | null)[]): number {
  const ends = native().pipe();
  if (typeof ends === 'number') throw refused(name, `no pipe can be had for stdio[${index}] (errno ${-ends}); raise the limit (ulimit -n).`);
  const [reader, writer] = ends;
  const isInput = index === 0;
  streams[index] = new (process.getBuiltinModule('node:net').Socket)({ fd: isInput ? writer : reader, readable: !isInput, writable: isInput });
  return isInput ? reader : writer;
}

/** Node closes at the end of a worker thread what that has opened, whoever has closed it meanwhile: what is given away must be another. */
function nothing(): number {
  const { openSync, closeSync } = process.getBuiltinModule('node:fs');
  const fd = openSync('/dev/null', 'r+');
  try {
    return native().duplicate(fd);
  } finally {
    closeSync(fd);
  }
}

/** A copy, as a process has one: the program may close its own while the thread runs. */
function copy(name: string, index: number, target: Exclude<StdioTarget, string>): number {
  const fd = typeof target === 'number' ? target : descriptorOf(target);
  if (fd === undefined || fd < 0) throw refused(name, `the stream at stdio[${index}] has no descriptor.`);
  const duplicate = native().duplicate(fd);
  if (duplicate < 0) throw refused(name, `descriptor ${fd} at stdio[${index}] cannot be used (errno ${-duplicate}).`);
  return duplicate;
}

function descriptorOf(stream: object): number | undefined {
  const { fd, _handle } = stream as { fd?: unknown; _handle?: { fd?: unknown } | null };
  return [fd, _handle?.fd].find((each): each is number => typeof each === 'number');
}

const refused = (name: string, why: string): ProcessError => new ProcessError(`${name} could not be started: ${why}`);
