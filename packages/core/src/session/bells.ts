/**
 * Doorbells: how a thread wakes the event loop of another. The owner's bell is made when it first waits without blocking; ringers open it through the owner's slot and
 * keep it open, at most `CACHED_BELLS` of them, because opening costs ten times what ringing does.
 */
import type { Native, Watcher } from '../native.js';
import { slotOf } from '../parking/kernel.js';
import { SLOT_BELL, SLOT_BELL_ID_HIGH, SLOT_BELL_ID_LOW, SLOT_GENERATION } from './layout.js';
import type { Slots } from './slots.js';
import { NativeError } from '../errors.js';

const CACHED_BELLS = 64;

interface OpenBell {
  readonly fd: number;
  /** Generation of the slot it was opened for: a new tenant has a new bell. */
  readonly generation: number;
}

export class Bells {
  /** By slot, least recently rung first. */
  readonly #open = new Map<number, OpenBell>();
  #own: { ringer: number; watcher: Watcher } | undefined;
  #isReferenced = false;

  constructor(
    readonly addon: Native,
    readonly slots: Slots,
    readonly self: number,
  ) {}

  /** Makes this thread's bell, if it has none, and has `onRing` called in the event loop after each ring. */
  install(onRing: () => void): void {
    if (this.#own !== undefined) return;
    const bell = this.addon.createBell();
    if (typeof bell === 'number') {
      throw new NativeError(`manycore: no descriptor is left for a doorbell (errno ${-bell}); raise the limit (ulimit -n).`);
    }
    // The ringing end stays open: without a writer the polled end would report a hang-up for ever (trap T14).
    const [fd, ringer, low, high] = bell;
    const watcher = this.addon.watch(fd, () => {
      this.addon.drainBell(fd);
      onRing();
    });
    this.#own = { ringer, watcher };
    const slot = slotOf(this.self);
    this.slots.set(slot, SLOT_BELL_ID_LOW, low);
    this.slots.set(slot, SLOT_BELL_ID_HIGH, high);
    // Last: a ringer that sees the number sees the identity.
    this.slots.set(slot, SLOT_BELL, fd);
  }

  /** Whether the bell keeps the event loop alive: only while something is pending. */
  reference(on: boolean): void {
    if (this.#own === undefined || this.#isReferenced === on) return;
    this.#isReferenced = on;
    this.addon.refWatcher(this.#own.watcher, on);
  }

  /** Rings the bell of `slot`; false when nobody is there to hear it. */
  ring(slot: number): boolean {
    if (slot === slotOf(this.self)) return this.#own !== undefined && this.addon.ringBell(this.#own.ringer) === 0;
    const generation = this.slots.word(slot, SLOT_GENERATION);
    const cached = this.#open.get(slot);
    if (cached !== undefined) {
      this.#open.delete(slot);
      if (cached.generation === generation && this.addon.ringBell(cached.fd) === 0) {
        this.#open.set(slot, cached);
        return true;
      }
      this.addon.closeSocket(cached.fd);
    }
    const bell = this.slots.word(slot, SLOT_BELL);
    const { addon, slots } = this;
    const owner = slots.tenant(slots.ownerOf(slot));
    if (bell === 0 || owner === null) return false;
    const fd = addon.openBell(owner.pid, bell, slots.word(slot, SLOT_BELL_ID_LOW), slots.word(slot, SLOT_BELL_ID_HIGH));
    if (fd < 0) return false;
    if (addon.ringBell(fd) !== 0) {
      addon.closeSocket(fd);
      return false;
    }
    this.#remember(slot, { fd, generation });
    return true;
  }

  /** Closes what was opened for a slot whose tenant has left. */
  forget(slot: number): void {
    const cached = this.#open.get(slot);
    if (cached === undefined) return;
    this.#open.delete(slot);
    this.addon.closeSocket(cached.fd);
  }

  #remember(slot: number, bell: OpenBell): void {
    if (this.#open.size >= CACHED_BELLS) {
      const [oldest, { fd }] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      this.addon.closeSocket(fd);
    }
    this.#open.set(slot, bell);
  }

  /** Closes what was opened for ringing; the own bell closes with the thread's environment. */
  close(): void {
    for (const { fd } of this.#open.values()) this.addon.closeSocket(fd);
    this.#open.clear();
    if (this.#own !== undefined) this.addon.unwatch(this.#own.watcher);
    this.#own = undefined;
  }
}
