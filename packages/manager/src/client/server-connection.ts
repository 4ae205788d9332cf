/**
 * A thread's connection to one server: calls out, results in, and the proxies that go through it. Until the connection is there, messages are kept; they were encoded at the call.
 */
import { session, type Block, type Encoded, type TargetName } from '@manycore/core/internal';
import { ManagerError } from '../errors.js';
import type { Address } from '@manycore/queues';
import { ADOPT, CANCEL, CANCELLABLE, DEFINE, DROP, FAIL, ITERATOR, KIND_MASK, messageOf, PIN } from '../protocol.js';
import type { RemoteObject } from '../remote-object.js';
import type { Incoming, Wire } from '../wire/wire.js';
import { callArguments, type FunctionNumbers } from './call-arguments.js';
import { callSite } from './call-sites.js';
import { Collector, type Collected } from './collector.js';
import { keyToShare } from './key.js';
import { shown, type Opened } from './opening.js';
import { callSiteOf, type PendingCall } from './pending-call.js';
import { References } from './references.js';
import { RemoteHandle } from './remote-handle.js';
import { RemoteIterator } from './remote-iterator.js';
import { newToken, readingFrom, writingFor, type MakeProxy, type Sender } from './sharing.js';

/** A message that waits for the connection, with what it mentions held meanwhile. */
interface Kept {
  readonly message: Encoded;
  readonly holds: readonly Block[];
}

export class ServerConnection implements Sender, Collected, FunctionNumbers {
  readonly references = new References((objectId, count) => this.#tell(DROP, count, objectId, undefined));
  #wire: Wire | undefined;
  #collector: Collector | undefined;
  #kept: Kept[] = [];
  readonly #pending = new Map<number, PendingCall>();
  #calls = 0;
  readonly #functions = new WeakMap<Function, number>();
  #functionCount = 0;
  /** Not to be seen when something that has the connection is printed. */
  readonly #authkey: Uint8Array;
  #isAnnouncing = false;
  #pid: number | undefined;
  /** Why there is no connection any more; an error for each call. */
  #over: (() => Error) | undefined;
  #onOver: (() => void)[] = [];
  /** How the server ended, as a part of a sentence; known where it is a child of this thread. */
  describeEnd: (() => string) | undefined;

  constructor(
    readonly serverId: string,
    readonly address: Address,
    authkey: Uint8Array,
  ) {
    this.#authkey = authkey;
  }

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Calls `listener` once, when the connection is over. */
  whenOver(listener: () => void): void {
    this.#onOver.push(listener);
  }

  opened({ wire, serverId, pid }: Opened): void {
    if (serverId !== this.serverId) {
      wire.close();
      this.#end(() => new ManagerError(`The manager's server that the proxy belongs to is gone; at ${shown(this.address)} there is another one now.`));
      return;
    }
    this.#wire = wire;
    this.#pid = pid;
    this.#collector = new Collector(wire, this);
    for (const { message, holds } of this.#kept.splice(0)) {
      // What cannot go over a socket was refused at the call, unless it was not known then that it would be one.
      wire.put(message);
      session().heap.releaseAll(holds);
    }
    this.#announce();
  }

  failToOpen(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#end(() => new ManagerError(`The manager's server at ${shown(this.address)} cannot be reached: ${reason}`, { cause }));
  }

  /** A call of a method, or what else is answered. @param what - for messages: `dict.get`. */
  request(kind: number, object: number, args: readonly unknown[], tail: readonly unknown[], tree: number | undefined, what: string, entry: Function): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) throw this.#over();
      const { values, functions, signal } = callArguments(args, this, what);
      values.push(...tail, functions);
      const call = ++this.#calls;
      const message = this.#encode(signal === undefined ? kind : kind | CANCELLABLE, call, object, tree ?? 0, values, 'args');
      this.#post(message);
      const pending: PendingCall = { resolve, reject, origin: callSite(what, entry) };
      this.#pending.set(call, pending);
      if (signal !== undefined) this.#watch(call, pending, signal);
    });
  }

  // --- references ---

  arrived(objectId: number, typeid: string, token: string | undefined, make: MakeProxy): RemoteObject {
    if (token !== undefined) this.#tell(ADOPT, 0, objectId, token);
    return this.references.add(objectId, () => make(new RemoteHandle(this, typeid, objectId)));
  }

  /** A proxy of an object is about to be sent to somebody: under the token. */
  pin(objectId: number): string {
    const token = newToken();
    this.#tell(PIN, 0, objectId, token);
    return token;
  }

  /** The key as it may travel. */
  get keyToShare(): Uint8Array | undefined {
    return keyToShare(this.#authkey);
  }

  /** Tells the server something that it does not answer. */
  tell(kind: number, call: number, object: number): void {
    this.#tell(kind, call, object, undefined);
  }

  numberOf(fn: Function, name: TargetName): number {
    let number = this.#functions.get(fn);
    if (number === undefined) {
      number = ++this.#functionCount;
      this.#functions.set(fn, number);
      this.#tell(DEFINE, number, 0, name);
    }
    return number;
  }

  // --- sending ---

  #tell(kind: number, call: number, object: number, value: unknown): void {
    if (this.#over === undefined) this.#post(this.#encode(kind, call, object, 0, value, 'value'));
  }

  #encode(kind: number, call: number, object: number, tree: number, value: unknown, root: string): Encoded {
    return writingFor(this, () => messageOf(this.#wire?.isLocal === true, kind, call, object, tree, value, root));
  }

  #post(message: Encoded): void {
    if (this.#wire === undefined) {
      const kept = message.keep();
      kept.commit();
      this.#kept.push({ message: kept, holds: session().heap.holdAll(kept.refs) });
      return;
    }
    this.#wire.put(message);
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    // Those that are made together wake the server once.
    queueMicrotask(() => this.#announce());
  }

  #announce(): void {
    this.#isAnnouncing = false;
    this.#wire?.announce();
    if (this.isWaiting) this.#collector?.schedule();
  }

  #watch(call: number, pending: PendingCall, signal: AbortSignal): void {
    const onAbort = (): void => {
      pending.aborted = { reason: signal.reason };
      this.#tell(CANCEL, call, 0, undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    pending.unwatch = () => signal.removeEventListener('abort', onAbort);
  }

  // --- results ---

  get isWaiting(): boolean {
    return this.#over === undefined && (this.#pending.size > 0 || this.#wire?.hasBacklog === true);
  }

  collect(lookForDead: boolean): boolean {
    const wire = this.#wire;
    if (wire === undefined) return false;
    if (wire.hasBacklog) wire.announce();
    // Before the look: what came before the end is found.
    const isOver = wire.isOver(lookForDead);
    let found = false;
    for (let message = wire.take(); message !== undefined; message = wire.take()) {
      found = true;
      this.#settle(message);
    }
    if (isOver && !found) this.#end(() => this.#gone());
    return found;
  }

  collectingFailed(cause: unknown): void {
    this.#end(() => new ManagerError('The connection to the manager failed.', { cause }));
  }

  #settle(message: Incoming): void {
    const { call, kind } = message.header;
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    pending?.unwatch?.();
    const loading = message.load();
    if (loading === undefined) this.#deliver(message, kind, pending);
    else void this.#deliverLater(message.keep(), kind, pending, loading);
  }

  async #deliverLater(message: Incoming, kind: number, pending: PendingCall | undefined, loading: Promise<void>): Promise<void> {
    try {
      await loading;
    } catch (error) {
      pending?.reject(error);
      return;
    }
    this.#deliver(message, kind, pending);
  }

  #deliver(message: Incoming, kind: number, pending: PendingCall | undefined): void {
    let value: unknown;
    try {
      value = readingFrom(this, () => message.read(pending === undefined || (kind & KIND_MASK) !== FAIL ? undefined : callSiteOf(pending.origin)));
    } catch (error) {
      pending?.reject(error);
      return;
    }
    if (pending === undefined) return;
    if (kind === FAIL) pending.reject(pending.aborted === undefined ? value : pending.aborted.reason);
    else if (kind === ITERATOR) pending.resolve(new RemoteIterator(this, value as number));
    else pending.resolve(value);
  }

  // --- the end ---

  #gone(): Error {
    const how = this.describeEnd?.() ?? 'it has ended, was shut down, or has closed the connection';
    return new ManagerError(`The manager's server (pid ${this.#pid}, ${shown(this.address)}) is gone: ${how}. What it had in memory is lost; start a new manager.`);
  }

  #end(why: () => Error): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    this.#wire?.close();
    // Proxies may live on; the memory of the wire need not.
    this.#wire = this.#collector = undefined;
    for (const { holds } of this.#kept.splice(0)) session().heap.releaseAll(holds);
    for (const pending of [...this.#pending.values()]) {
      pending.unwatch?.();
      pending.reject(pending.aborted === undefined ? why() : pending.aborted.reason);
    }
    this.#pending.clear();
    for (const listener of this.#onOver.splice(0)) listener();
  }
}
