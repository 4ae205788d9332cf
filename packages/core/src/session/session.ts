/**
 * The session: what the processes and threads of one tree share. One per process tree, joined by each thread at its first use.
 *
 * The root makes the memory; children inherit its descriptor (see `inheritance`); threads of one process find it through the addon, which is loaded once per process. Nobody
 * owns the session: the kernel frees the memory with its last descriptor and mapping.
 */
import { identity, isThreadChild } from '../identity.js';
import { native, type Native } from '../native.js';
import { AsyncWaits } from '../parking/async-waits.js';
import type { Deadline } from '../parking/deadline.js';
import { Heap } from '../memory/heap.js';
import { mapBuffer, Windows } from '../memory/windows.js';
import type { BlockRef } from '../transfer/shareable.js';
import { Bells } from './bells.js';
import { BlockedOn, type WaitFacts } from './blocked-on.js';
import { limitPages } from './budget.js';
import { SessionError } from './errors.js';
import {
  HEADER_DEATHS, HEADER_LIMIT_PAGES, HEADER_MAGIC, HEADER_USED_PAGES, HEADER_VERSION, LAYOUT_VERSION, MAGIC, MEMORY_BYTES, PAGE_BYTES, SLOT_BELL, SLOT_COUNT, WINDOW_BYTES,
} from './layout.js';
import { Slots } from './slots.js';
import { ThreadKernel } from './thread-kernel.js';

/** What a child process is given to join the session of its parent: the descriptor at a number it knows, and what tells it from another file there. */
export interface Inheritance {
  readonly fd: number;
  readonly identity: number;
}

export class Session {
  readonly addon: Native;
  readonly slots: Slots;
  readonly kernel: ThreadKernel;
  readonly heap: Heap;
  readonly waits: AsyncWaits;
  readonly #fd: number;
  readonly #bells: Bells;
  readonly #blockedOn: BlockedOn;
  #deathsSeen: number;

  constructor() {
    this.addon = native();
    this.#fd = memoryOf(this.addon);
    const own = this.addon.reopenMemory(this.#fd);
    if (own < 0) throw new SessionError(`manycore: session memory cannot be opened through /proc/self/fd (errno ${-own}). manycore needs /proc to be mounted.`);
    const windows = new Windows(own);
    const header = windows.holding(0);
    this.slots = new Slots(header, own, this.addon);
    const { name } = identity();
    const self = this.slots.claim(this.addon.isMainThread || isThreadChild() ? name : `${name}|Thread-${process.getBuiltinModule('node:worker_threads').threadId}`);
    this.#bells = new Bells(this.addon, this.slots, self);
    this.kernel = new ThreadKernel(self, this.addon, this.slots, this.#bells);
    this.#blockedOn = new BlockedOn(this.slots, this.kernel.slot);
    this.heap = new Heap(windows, this.kernel, this.slots, this.addon);
    this.heap.reap(this.kernel.slot);
    this.#deathsSeen = Atomics.load(header, HEADER_DEATHS);
    this.waits = new AsyncWaits({
      kernel: this.kernel,
      installBell: () => this.#bells.install(() => this.#onRing()),
      referenceBell: (on) => this.#bells.reference(on),
    });
  }

  /** What a child needs to join. The descriptor stays ours. */
  get inheritance(): Inheritance {
    return { fd: this.#fd, identity: this.addon.fileIdentity(this.#fd) };
  }

  /** Bytes that the kernel holds for the session, and the budget's view of them. */
  memoryUsage(): { allocatedBytes: number; chargedBytes: number; limitBytes: number } {
    const { header } = this.slots;
    return {
      allocatedBytes: this.addon.allocatedBytes(this.#fd),
      chargedBytes: Atomics.load(header, HEADER_USED_PAGES) * PAGE_BYTES,
      limitBytes: Atomics.load(header, HEADER_LIMIT_PAGES) * PAGE_BYTES,
    };
  }

  /** Changes whenever a death is announced: who keeps something for the living looks again when it did. */
  get deaths(): number {
    return Atomics.load(this.slots.header, HEADER_DEATHS);
  }

  /**
   * Somebody died (a parent that saw its child end says so): what they held is dropped, and every event loop that waits looks at what it waits for. Blocked threads look by
   * themselves within a slice.
   */
  announceDeath(): void {
    this.heap.reapDead();
    Atomics.add(this.slots.header, HEADER_DEATHS, 1);
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.slots.word(slot, SLOT_BELL) !== 0) this.#bells.ring(slot);
      else this.#bells.forget(slot);
    }
  }

  /**
   * Runs `wait`, which blocks the thread, and lets everybody see meanwhile what on (blocked-on.ts). Only for waits that have come to sleeping: it costs some atomic stores.
   */
  blockedOn<T>(block: BlockRef, deadline: Deadline, wait: () => T, facts?: WaitFacts): T {
    return deadline === -Infinity ? wait() : this.#blockedOn.during(block, deadline, wait, facts);
  }

  #onRing(): void {
    const deaths = Atomics.load(this.slots.header, HEADER_DEATHS);
    const somebodyDied = deaths !== this.#deathsSeen;
    this.#deathsSeen = deaths;
    this.waits.onRing(somebodyDied);
  }
}

/** The memory's descriptor in this process; made by the first thread that asks, unless it was inherited. */
function memoryOf(addon: Native): number {
  const known = addon.session();
  if (known >= 0) return known;
  const fd = addon.createMemory(MEMORY_BYTES);
  if (fd < 0) {
    throw new SessionError(`manycore: session memory cannot be made (errno ${-fd}).${fd === EFBIG ? ' A limit on file sizes is in force: ulimit -f unlimited.' : ''}`);
  }
  const header = new Int32Array(mapBuffer(fd, 0, WINDOW_BYTES), 0, WINDOW_BYTES / 4);
  Atomics.store(header, HEADER_VERSION, LAYOUT_VERSION);
  Atomics.store(header, HEADER_LIMIT_PAGES, limitPages());
  Atomics.store(header, HEADER_MAGIC, MAGIC);
  const inForce = addon.session(fd);
  // Another thread of this process was faster: its memory is the session, ours is given back.
  if (inForce !== fd) addon.close(fd);
  return inForce;
}

const EFBIG = -27;

/**
 * Makes an inherited descriptor the session of this process. For the entry of a child process, before anything else of manycore is used.
 * @throws SessionError when the descriptor is not the parent's session memory, or of another version.
 */
export function joinSession({ fd, identity }: Inheritance): void {
  const addon = native();
  if (addon.fileIdentity(fd) !== identity) {
    throw new SessionError(`manycore: descriptor ${fd} is not the session memory of the parent process. Was the child started by something other than manycore?`);
  }
  addon.setCloexec(fd);
  const header = new Int32Array(mapBuffer(fd, 0, WINDOW_BYTES), 0, 2);
  if (header[HEADER_MAGIC] !== MAGIC || header[HEADER_VERSION] !== LAYOUT_VERSION) {
    throw new SessionError(
      `manycore: the parent process uses version ${header[HEADER_VERSION]} of the memory layout, this one ${LAYOUT_VERSION}. Install one version of @manycore/core in both.`,
    );
  }
  addon.session(fd);
}

// One per thread, shared by all copies of this package that the thread loads.
const KEY = Symbol.for(`manycore.session@${LAYOUT_VERSION}`);

/** The session as this thread takes part in it; joined, or made, at the first call. */
export function session(): Session {
  return ((globalThis as Record<symbol, unknown>)[KEY] ??= new Session()) as Session;
}

