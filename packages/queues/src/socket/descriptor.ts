/**
 * A socket's descriptor and its place in the event loop of this thread.
 *
 * Whoever waits adds the events it waits for; events that came and are not wanted any more are taken away only then, so that calls which follow one another do not change the
 * loop's books each time. The watcher holds its owner weakly: an owner that nobody has any more is closed by the garbage collector, one whose calls wait is held here.
 *
 * A thread that ends closes its descriptors (the addon's clean-up hook); so does the kernel when the process is killed.
 */
import { native, READABLE, remaining, SLICE_MS, WRITABLE, type Deadline, type Watcher } from '@manycore/core/internal';

export interface DescriptorOwner {
  /** Some of the watched events came; returns those that are still waited for. */
  onReady(events: number): number;
}

const lost = new FinalizationRegistry<Descriptor>((descriptor) => descriptor.close());
/** Owners whose calls wait. */
const waiting = new Set<DescriptorOwner>();

export class Descriptor {
  readonly #owner: WeakRef<DescriptorOwner>;
  #watcher: Watcher | undefined;
  #events = 0;
  #isReferenced = false;
  #isClosed = false;

  constructor(
    readonly fd: number,
    owner: DescriptorOwner,
  ) {
    this.#owner = new WeakRef(owner);
    lost.register(owner, this, this);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Adds events to those watched. */
  watch(events: number): void {
    if (this.#isClosed || (this.#events & events) === events) return;
    this.#events |= events;
    if (this.#watcher === undefined) this.#watcher = native().watch(this.fd, (ready) => this.#onReady(ready), this.#events);
    else native().setWatch(this.#watcher, this.#events);
  }

  /** Whether calls wait, which holds the owner, and whether they keep the event loop alive. */
  hold(owner: DescriptorOwner, isWaiting: boolean, keepsAlive: boolean): void {
    if (isWaiting && !this.#isClosed) waiting.add(owner);
    else waiting.delete(owner);
    if (this.#watcher === undefined || this.#isReferenced === keepsAlive) return;
    this.#isReferenced = keepsAlive;
    native().refWatcher(this.#watcher, keepsAlive);
  }

  #onReady(ready: number): void {
    const owner = this.#owner.deref();
    if (owner === undefined) return;
    // After an error the loop watches nothing any more; a read or a write finds out what it was.
    if (ready === 0) this.#events = 0;
    const wanted = owner.onReady(ready === 0 ? READABLE | WRITABLE : ready);
    const unwanted = this.#events & ready & ~wanted;
    if (unwanted === 0 || this.#isClosed) return;
    this.#events &= ~unwanted;
    native().setWatch(this.#watcher!, this.#events);
  }

  /** A second time does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const owner = this.#owner.deref();
    if (owner !== undefined) waiting.delete(owner);
    lost.unregister(this);
    if (this.#watcher !== undefined) native().unwatch(this.#watcher);
    native().closeSocket(this.fd);
  }
}

/** Blocks the thread until `events` may have come, for a slice: a worker thread can be terminated only between two. False when the deadline has passed. */
export function awaitBlocked(fd: number, events: number, deadline: Deadline): boolean {
  const left = remaining(deadline);
  if (left <= 0) return false;
  native().pollFd(fd, events, Math.min(SLICE_MS, Math.ceil(left)));
  return true;
}
