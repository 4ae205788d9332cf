/**
 * Loads the addon: the only file that knows where its binary is. Everything else calls `native()`.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { NativeError } from './errors.js';
import { BUNDLE_HINT, ownUrl, packageFile } from './installation.js';

/** Answers of `wait`. */
export const WOKEN = 0;
export const CHANGED = 1;
export const TIMED_OUT = 2;

/** Events of a descriptor, to be added: of `watch`, `setWatch` and `pollFd`. */
export const READABLE = 1;
export const WRITABLE = 2;

/** Families of sockets. Addresses are bytes: a path, or a NUL and an abstract name; 4 bytes of IPv4 address and 2 of port, big-endian. */
export const UNIX = 0;
export const INET = 1;

/** A watched descriptor; opaque. */
export type Watcher = { readonly __watcher: unique symbol };

/** MC_INTERFACE_VERSION of `native/include/manycore.h`. */
const VERSION = 3;

/** What `native/src/binding.c` offers. A negative number is a negated errno unless said otherwise. */
export interface Native {
  /** Absent in binaries that are older than it. */
  readonly version?: number;
  /** Whether this runtime makes a SharedArrayBuffer over our memory (`node_api_create_external_sharedarraybuffer`). */
  readonly canShare: boolean;
  readonly pageSize: number;
  /** Of the thread that loaded the addon. `node:worker_threads` knows too, but costs a child process 3 ms to load. */
  readonly isMainThread: boolean;
  /** CPUs that this process may run on: the affinity mask counts. */
  readonly cpuCount: number;
  /** The session descriptor of this process, -1 when there is none; with an argument: becomes it unless there is one already. */
  session(fd?: number): number;
  /** Who this process is, as text that all its threads share: the first one wins unless `replace`. Returns the one in force. */
  identity(text: string, replace: boolean): string;
  /** How many children the threads of this process have made, with this one. */
  countChild(): number;
  createMemory(bytes: number): number;
  reopenMemory(fd: number): number;
  allocatedBytes(fd: number): number;
  punch(fd: number, offset: number, length: number): number;
  mapWindow(fd: number, offset: number, length: number, shared: boolean): ArrayBufferLike | number;
  mapOver(bytes: Uint8Array, fd: number, offset: number): number;
  /** From now on, large buffers that were freed are kept for the next ones, 64 MiB at most, where the C library can do so. */
  keepFreedMemory(): void;
  /** Copies `length` bytes between memories that do not overlap. A call of it costs as much as `set` of some KiB. */
  copyBytes(target: Uint8Array, targetOffset: number, source: Uint8Array, sourceOffset: number, length: number): void;
  wait(words: Int32Array, index: number, expected: number, ms: number): number;
  wake(words: Int32Array, index: number, count: number): number;
  claim(fd: number, byte: number): number;
  release(fd: number, byte: number): number;
  isClaimed(fd: number, byte: number): number;
  createBell(): [end: number, ringer: number, idLow: number, idHigh: number] | number;
  /** To be closed by `closeSocket`, or with its thread. */
  openBell(pid: number, fd: number, idLow: number, idHigh: number): number;
  ringBell(fd: number): number;
  drainBell(fd: number): number;
  /** A file without a name in `folder`, its bytes reserved; `publishFile` gives it its name. A descriptor. */
  makeFile(folder: string, bytes: number): number;
  publishFile(fd: number, path: string): number;
  /** A regular file for reading and writing; follows no link. */
  openFile(path: string): number;
  fileSize(fd: number): number;
  removeFile(path: string): number;
  /** The folder that has this mark, with the file `inside` it, unless there is more in it; with an empty mark an empty folder. Follows no link. -ESTALE for a folder with another mark. */
  removeFolder(path: string, mark: string, inside: string): number;
  /** Names the file for ever, whatever it is called; follows no link. */
  fileMark(file: number | string): string | number;
  /** Starts a program that is nobody's child: descriptor 3 is the memory, through a description that has claimed `byte`. -EBUSY when somebody has the byte. */
  spawnDetached(path: string, argv: string[], env: string[], memory: number, byte: number): number;
  /** Blocks until nobody else holds the byte. For a tracker only: the process ignores SIGINT, SIGTERM and SIGHUP from now on. */
  claimAtEnd(fd: number, byte: number): number;
  pipe(): [reader: number, writer: number] | number;
  waitProcess(pid: number, ms: number): [code: number, signal: number] | number;
  openProcess(pid: number): number;
  /** If the word is `from`, it becomes `to` and the descriptors are this thread's, closed at its end: both or neither. Those below 0 are none. */
  takeDescriptors(fds: Int32Array, words: Int32Array, index: number, from: number, to: number): boolean;
  /** To be closed by `close`. */
  duplicate(fd: number): number;
  /** CPUs that the calling thread may run on. */
  affinity(): number[] | number;
  /** For the calling thread, and the threads and processes that it starts later. CPUs that there are not are left out; -EINVAL when none is left. */
  setAffinity(cpus: readonly number[]): number;
  /**
   * Takes the CPU that the caller runs on from those of `pid`'s main thread, which sleeps, so that it runs at once when the caller wakes it: the scheduler tends to put it behind the caller, on the CPU that both of them slept on.
   * It undoes that by `setAffinity`, with what it had before. -EINVAL when no CPU would be left.
   */
  wakeElsewhere(pid: number): number;
  /** Ends this process when the other end of `fd` is closed; what is written there is not looked at. */
  watchParent(fd: number, graceMs: number): number;
  setCloexec(fd: number): number;
  fileIdentity(fd: number): number;
  close(fd: number): number;
  /** A socket, and a duplicate, is closed by `closeSocket`, or when its thread ends. None of these calls blocks but `pollFd`. */
  listenSocket(family: number, address: Uint8Array, backlog: number): number;
  /** May be under way still: see `socketError` once it is writable. -EAGAIN: the backlog of a Unix listener is full. */
  connectSocket(family: number, address: Uint8Array): number;
  socketError(fd: number): number;
  acceptSocket(fd: number): number;
  /** Bytes read, 0 at the end of file. */
  readSocket(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  writeSocket(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  endSocket(fd: number): number;
  socketName(fd: number, peer: boolean): Buffer | number;
  dupSocket(fd: number): number;
  closeSocket(fd: number): number;
  /** Deposits a duplicate for whoever shows the ticket (16 random bytes), as long as the 4 bytes at `offset` of `memory` are `expected`. Returns the name where other processes ask for it. */
  depositSocket(fd: number, ticket: Uint8Array, memory: number, offset: number, expected: number): Buffer | number;
  /** A duplicate of what `pid` deposited. Blocks for at most `ms`. -ENOENT: no such deposit any more; -ECONNREFUSED: the process has ended; -EPERM: somebody else is at that name. */
  collectSocket(pid: number, name: Uint8Array, ticket: Uint8Array, ms: number): number;
  /** Blocks for at most `ms`; the events there are, 0 for none. */
  pollFd(fd: number, events: number, ms: number): number;
  /** Watches for `events` (default: readable) and calls back with those there are, as long as they are; with 0 after an error, once, and then watches for nothing. */
  watch(fd: number, callback: (events: number) => void, events?: number): Watcher;
  setWatch(watcher: Watcher, events: number): void;
  refWatcher(watcher: Watcher, on: boolean): void;
  unwatch(watcher: Watcher): void;
}

const BUILD_HINT = 'In a checkout: `npx --yes pnpm@10 build`, which needs a C compiler or lets npx fetch one.';

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return report.header.glibcVersionRuntime === undefined;
}

let file: string | undefined;

/** Where the addon was loaded from; undefined before it was used. */
export const nativeFile = (): string | undefined => file;

function load(): Native {
  const { platform, arch } = process;
  const require = createRequire(ownUrl);
  const tried: string[] = [];
  // glibc is by far the common case, and a process report takes milliseconds: ask for the libc only when the first binary is refused.
  const candidates = [`${platform}-${arch}`, `${platform}-${arch}-musl`];
  for (const [index, name] of candidates.entries()) {
    if (index === 1 && !isMusl()) break;
    const path = `prebuilds/${name}/manycore.node`;
    const found = packageFile('@manycore/core', path, ownUrl);
    if (found === undefined) {
      tried.push(`${fileURLToPath(new URL(`../${path}`, ownUrl))}: no such file`);
      continue;
    }
    let addon: Native;
    try {
      addon = require(found) as Native;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_DLOPEN_DISABLED') {
        throw new NativeError(
          'manycore: this process runs under --permission, which refuses native addons. Start it with --allow-addons (and --allow-child-process, --allow-worker for processes and threads).',
          { cause: error },
        );
      }
      tried.push(`${found}: ${(error as Error).message}`);
      continue;
    }
    if (addon.version === VERSION) {
      file = found;
      return addon;
    }
    throw new NativeError(
      `manycore: ${found} belongs to another version of @manycore/core: its interface has ${addon.version === undefined ? 'no number' : `number ${addon.version}`}, expected ${VERSION}. ` +
        `An older build or installation left it: build it, or install @manycore/core, again. ${BUILD_HINT}`,
    );
  }
  throw new NativeError(`manycore: no native part for ${platform}-${arch} could be loaded. Tried:\n  ${tried.join('\n  ')}\n${BUILD_HINT}\n${BUNDLE_HINT}`);
}

let loaded: Native | undefined;

/**
 * The addon, loaded at the first call.
 *
 * @throws NativeError when there is no binary for this platform, when it cannot be loaded, when it is one of another version, or when `--permission`
 *   forbids it; the message says what was tried and the way out.
 */
export function native(): Native {
  return (loaded ??= load());
}
