/**
 * The objects of a server, and who refers to them: clients, pins of proxies that are on their way, and the server's own proxies. An object that nobody refers to is dropped.
 */
import { ManagerError } from '../errors.js';
import { PIN_MS } from '../protocol.js';
import type { OwnTypeOptions } from '../registry.js';
import { Referent } from './referent.js';

/** Arrivals whose pins have not come are remembered up to so many: more than that are no accident. */
const MOST_EARLY = 10_000;

interface Pin {
  readonly referent: Referent;
  timer?: NodeJS.Timeout;
}

export class Referents {
  readonly #byId = new Map<number, Referent>();
  /** An object that is given out again is the same referent. */
  readonly #byObject = new WeakMap<object, Referent>();
  #last = 0;
  readonly #pins = new Map<string, Pin>();
  /** Tokens of proxies that have arrived before their pins. */
  readonly #early = new Map<string, NodeJS.Timeout>();

  /** @param failed - told what an object's `[Symbol.dispose]` throws. */
  constructor(readonly failed: (error: unknown) => void) {}

  get size(): number {
    return this.#byId.size;
  }

  /** The object's referent; not counted yet. */
  of(object: object, typeid: string, type: OwnTypeOptions): Referent {
    const known = this.#byObject.get(object);
    if (known !== undefined && known.typeid === typeid && this.#byId.has(known.id)) return known;
    const referent = new Referent(this.number(), typeid, object, type);
    this.#byId.set(referent.id, referent);
    this.#byObject.set(object, referent);
    return referent;
  }

  /** A number that no object had before. */
  number(): number {
    return ++this.#last;
  }

  find(id: number): Referent | undefined {
    return this.#byId.get(id);
  }

  /** @throws ManagerError */
  require(id: number): Referent {
    const found = this.#byId.get(id);
    if (found !== undefined) return found;
    throw new ManagerError(`There is no object ${id} in this server any more: nobody had a proxy of it. Keep a proxy for as long as the object is needed.`);
  }

  retain(referent: Referent, count = 1): void {
    referent.count += count;
  }

  release(referent: Referent, count = 1): void {
    referent.count -= count;
    if (referent.count <= 0 && this.#byId.delete(referent.id)) this.#dispose(referent);
  }

  #dispose(referent: Referent): void {
    try {
      referent.dispose();
    } catch (error) {
      this.failed(error);
    }
  }

  /** A proxy is on its way. */
  pin(referent: Referent, token: string): void {
    const early = this.#early.get(token);
    if (early !== undefined) {
      clearTimeout(early);
      this.#early.delete(token);
      return;
    }
    if (this.#pins.has(token)) return;
    this.retain(referent);
    this.#pins.set(token, { referent });
  }

  /** It has arrived: the receiver is counted instead. */
  unpin(token: string): void {
    const pin = this.#pins.get(token);
    if (pin !== undefined) {
      this.#dropPin(token, pin);
      return;
    }
    if (this.#early.size >= MOST_EARLY) return;
    const forget = setTimeout(() => this.#early.delete(token), PIN_MS);
    this.#early.set(token, forget.unref());
  }

  /** Its sender has ended: it may be on its way for a while. */
  expire(token: string): void {
    const pin = this.#pins.get(token);
    if (pin !== undefined) pin.timer ??= setTimeout(() => this.#dropPin(token, pin), PIN_MS).unref();
  }

  isPinned(token: string): boolean {
    return this.#pins.has(token);
  }

  #dropPin(token: string, pin: Pin): void {
    clearTimeout(pin.timer);
    this.#pins.delete(token);
    this.release(pin.referent);
  }

  /** The end of the server: all are dropped. */
  clear(): void {
    for (const { timer } of this.#pins.values()) clearTimeout(timer);
    for (const timer of this.#early.values()) clearTimeout(timer);
    this.#pins.clear();
    this.#early.clear();
    // They may use each other at the end.
    for (const referent of [...this.#byId.values()]) this.#dispose(referent);
    this.#byId.clear();
  }
}
