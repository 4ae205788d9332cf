/**
 * `process.stdin`, `stdout` and `stderr` of a thread that is a child, straight on descriptors: nothing goes through the parent's event loop,
 * which may be blocked.
 */
import type { Readable } from 'node:stream';
import type { Native } from '@manycore/core/internal';

const WRITABLE = 2;
/** A pipe that polls writable takes as much without blocking. */
const PIECE_BYTES = 4096;
/** A blocked write looks at least this often whether the thread is to end. */
const SLICE_MS = 50;

export function useStdio(addon: Native, [stdin, stdout, stderr]: readonly [number, number, number]): void {
  define('stdin', () => input(addon, stdin));
  define('stdout', () => output(addon, stdout));
  define('stderr', () => output(addon, stderr));
}

function define(name: 'stdin' | 'stdout' | 'stderr', make: () => object): void {
  const replaced = process[name];
  let made: object | undefined;
  const stream = (): object => {
    if (made !== undefined) return made;
    made = make();
    // Node talks to its own stream through methods without a public name, whatever is in its place.
    for (const key of Object.getOwnPropertySymbols(Object.getPrototypeOf(replaced))) {
      const method = (replaced as unknown as Record<symbol, unknown>)[key];
      if (typeof method === 'function' && !(key in made)) Object.defineProperty(made, key, { value: (...args: unknown[]) => method.apply(replaced, args) as unknown });
    }
    return made;
  };
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: stream });
}

function output(addon: Native, fd: number): object {
  const { Writable } = process.getBuiltinModule('node:stream');
  const { isatty, WriteStream } = process.getBuiltinModule('node:tty');
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        writeAll(addon, fd, chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  // As with every process's: what cannot be written must not end the program by itself, `console` has nobody to tell.
  const { getColorDepth, hasColors } = WriteStream.prototype;
  return Object.assign(stream, { fd, _type: 'fd' }, isatty(fd) ? { isTTY: true, getColorDepth, hasColors } : {});
}

function writeAll(addon: Native, fd: number, bytes: Buffer): void {
  const { writeSync } = process.getBuiltinModule('node:fs');
  for (let at = 0; at < bytes.length; ) {
    if ((addon.pollFd(fd, WRITABLE, SLICE_MS) & WRITABLE) === 0) continue;
    try {
      at += writeSync(fd, bytes, at, Math.min(PIECE_BYTES, bytes.length - at));
    } catch (error) {
      // Somebody else was faster to fill it.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function input(addon: Native, fd: number): Readable {
  const { fstatSync, createReadStream } = process.getBuiltinModule('node:fs');
  const { isatty, ReadStream } = process.getBuiltinModule('node:tty');
  if (isatty(fd)) return new ReadStream(fd);
  const stat = fstatSync(fd);
  if (!stat.isFIFO() && !stat.isSocket()) return createReadStream('', { fd, autoClose: false });
  const { Socket } = process.getBuiltinModule('node:net');
  // It closes what it reads from, and does not read before it is asked to: that would keep the thread alive.
  const options = { fd: addon.duplicate(fd), readable: true, writable: false, manualStart: true };
  return new Socket(options);
}
