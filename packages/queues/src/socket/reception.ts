/**
 * What happens between a knock at a listener's socket and `accept`. Without a key a connection stays with the system until an accept asks for it. With a key it is taken as soon as it comes, and clients are
 * authenticated side by side, so that a silent one keeps nobody waiting:
 *
 *     kernel's backlog ──fewer than MOST──▶ handshake ──welcome──▶ list ──▶ the next accept: a connection
 *                                              ├─ wrong or old key: closed ──▶ list ──▶ the next accept: an error
 *                                              └─ silent, gone, nonsense ──▶ closed, nobody is told
 *
 * In the handshake and on the list together there are at most MOST; further ones wait in the backlog. Were they closed instead, a flood would turn everybody away at once; so it delays them, by the time of one
 * handshake for MOST silent ones, and costs neither memory nor descriptors beyond those. What is on the list has no deadline, and nothing of it is read: one that has ended meanwhile is given out, and reads its end.
 *
 * While the system refuses a connection (no descriptor is left) and no accept waits to be told, it is asked again after a pause. An accept asks for itself.
 *
 * The socket is watched all the time, by a watcher that neither keeps the event loop alive nor holds the reception: nor may a handshake or a pause, so they know it weakly. When the garbage collector has it, the
 * socket and the connections on the list are closed (descriptor.ts), and those in the handshake at its end.
 */
import { constants } from 'node:os';
import { native, READABLE, SLICE_MS, type Deadline } from '@manycore/core/internal';
import { AuthenticationError, ConnectionError } from '../errors.js';
import { announceChange } from '../ready/changes.js';
import { addressFrom, shown, type Address } from './address.js';
import { Descriptor, type DescriptorOwner } from './descriptor.js';
import { shakeHands, type Outcome } from './handshake.js';
import { SocketChannel } from './socket-channel.js';
import { nameOf, systemError, type Errno } from './system-error.js';
import { Waiter } from './waiter.js';

/** Visitors that are not authenticated, or not asked for yet. */
export const MOST = 64;

const { EAGAIN, ECONNABORTED } = constants.errno;
/** The longest interval of Node: a timer that only keeps the event loop alive. */
const LONG_MS = 2 ** 31 - 1;

export interface Accepted {
  readonly channel: SocketChannel;
  readonly peer: Address;
}

export interface ReceptionOptions {
  readonly family: number;
  /** In messages, and what connections show of themselves when their peer has no name. */
  readonly where: string;
  readonly key: Buffer | undefined;
  readonly maxMessageBytes: number;
  readonly handshakeMs: number;
}

export class Reception implements DescriptorOwner {
  readonly #descriptor: Descriptor;
  readonly #waiting = new Set<Waiter<Accepted | undefined>>();
  /** What the next accepts get, in order. */
  readonly #list: (Accepted | AuthenticationError)[] = [];
  readonly #inHandshake = new Set<SocketChannel>();
  /** The system has refused, and nobody was told. */
  #pause: NodeJS.Timeout | undefined;
  #alive: NodeJS.Timeout | undefined;

  constructor(
    fd: number,
    readonly options: ReceptionOptions,
  ) {
    this.#descriptor = new Descriptor(fd, this);
    this.#update();
  }

  /** Polls readable when it may be ready. With a key that does not show at the socket; it is announced. */
  get fd(): number | undefined {
    return this.#isEager ? undefined : this.#descriptor.fd;
  }

  /** Whether an accept would not wait. */
  get isReady(): boolean {
    return this.#isEager ? this.#list.length > 0 || this.#pause !== undefined : this.#isKnockedAt;
  }

  /** Undefined when the deadline passed first. @throws AuthenticationError for a visitor with a wrong key; ConnectionError when the system refuses. */
  accept(deadline: Deadline, signal: AbortSignal | undefined): Promise<Accepted | undefined> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const waiter = new Waiter<Accepted | undefined>();
    this.#waiting.add(waiter);
    this.#serve();
    if (waiter.isSettled) return waiter.promise;
    const leave = (): void => {
      this.#waiting.delete(waiter);
      this.#update();
    };
    const onTime = (): void => {
      this.#serve();
      if (waiter.isSettled) return;
      leave();
      waiter.settle(undefined);
    };
    if (deadline === -Infinity) {
      leave();
      waiter.settle(undefined);
    } else {
      waiter.limit(deadline, signal, onTime, (reason) => {
        leave();
        waiter.fail(reason);
      });
    }
    return waiter.promise;
  }

  onReady(): number {
    this.#serve();
    return this.#wanted();
  }

  /** A handshake is over. */
  onOutcome(visitor: Accepted, outcome: Outcome): void {
    const { channel, peer } = visitor;
    this.#inHandshake.delete(channel);
    if (outcome !== 'welcome' || this.#descriptor.isClosed) channel.close();
    if (this.#descriptor.isClosed) return;
    if (outcome === 'welcome') {
      channel.keepsAlive = true;
      this.#list.push(visitor);
    } else if (outcome === 'wrong' || outcome === 'old') this.#list.push(unauthenticated(outcome, peer, this.options.where));
    this.#serve();
    if (this.#list.length > 0) announceChange(this);
  }

  /** Waiting calls end so; connections nobody has accepted are closed. */
  close(failure: () => Error): void {
    this.#descriptor.close();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) waiter.fail(failure());
    for (const channel of [...this.#inHandshake]) channel.close();
    for (const entry of this.#list.splice(0)) if ('channel' in entry) entry.channel.close();
    this.#endPause();
    this.#update();
  }

  get #isEager(): boolean {
    return this.options.key !== undefined;
  }

  get #isKnockedAt(): boolean {
    return native().pollFd(this.#descriptor.fd, READABLE, 0) > 0;
  }

  get #hasRoom(): boolean {
    return this.#inHandshake.size + this.#list.length < MOST;
  }

  #wanted(): number {
    const isAskedFor = this.#waiting.size > 0 || (this.#isEager && this.#pause === undefined);
    return isAskedFor && this.#hasRoom ? READABLE : 0;
  }

  #update(): void {
    const isWaiting = this.#waiting.size > 0;
    // While all places are taken the socket is not watched, and a descriptor that is not watched keeps no event loop alive.
    if (isWaiting) this.#alive ??= setInterval(() => undefined, LONG_MS);
    else {
      clearInterval(this.#alive);
      this.#alive = undefined;
    }
    if (this.#descriptor.isClosed) return;
    this.#descriptor.watch(this.#wanted());
    this.#descriptor.hold(this, isWaiting, false);
  }

  #serve(): void {
    while (this.#waiting.size > 0 && this.#list.length > 0) {
      const waiter = this.#next()!;
      const entry = this.#list.shift()!;
      if ('channel' in entry) waiter.settle(entry);
      else waiter.fail(entry);
    }
    while (this.#wanted() !== 0 && this.#take());
    this.#update();
  }

  /** The call that has waited longest, which waits no more. */
  #next(): Waiter<Accepted | undefined> | undefined {
    const [first] = this.#waiting;
    if (first !== undefined) this.#waiting.delete(first);
    return first;
  }

  /** Takes one connection from the system, if there is one. */
  #take(): boolean {
    if (this.#descriptor.isClosed) return false;
    const { family, key, where, maxMessageBytes, handshakeMs } = this.options;
    const fd = native().acceptSocket(this.#descriptor.fd);
    if (fd === -EAGAIN) return false;
    if (fd === -ECONNABORTED) return true;
    if (fd < 0) {
      const waiter = this.#next();
      if (waiter !== undefined) waiter.fail(refused(fd, where));
      // It refuses also when nobody knocks.
      else if (this.#isKnockedAt) this.#beginPause();
      return waiter !== undefined;
    }
    this.#endPause();
    const name = native().socketName(fd, true);
    // A peer that is gone already has no name any more.
    const peer = typeof name === 'number' ? '' : addressFrom({ family, bytes: name });
    const channel = new SocketChannel(fd, peer === '' ? where : shown(peer), maxMessageBytes);
    if (key === undefined) this.#next()!.settle({ channel, peer });
    else {
      this.#inHandshake.add(channel);
      void authenticate({ channel, peer }, key, handshakeMs, new WeakRef(this));
    }
    return true;
  }

  #beginPause(): void {
    const reception = new WeakRef(this);
    this.#pause = setTimeout(() => reception.deref()?.onPauseOver(), SLICE_MS).unref();
    announceChange(this);
  }

  #endPause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  /** If somebody still knocks, the event loop says so. */
  onPauseOver(): void {
    this.#pause = undefined;
    this.#update();
  }
}

/** Outside of the class, so that nothing here holds the reception. */
async function authenticate(visitor: Accepted, key: Buffer, ms: number, reception: WeakRef<Reception>): Promise<void> {
  const { channel } = visitor;
  // What keeps the event loop alive are the calls of accept.
  channel.keepsAlive = false;
  const timer = setTimeout(() => channel.close(), ms).unref();
  const outcome = await shakeHands('listener', channel, key, Infinity).catch((): Outcome => 'silent');
  clearTimeout(timer);
  const host = reception.deref();
  if (host === undefined) channel.close();
  else host.onOutcome(visitor, outcome);
}

function unauthenticated(outcome: 'wrong' | 'old', peer: Address, where: string): AuthenticationError {
  const who = peer === '' ? 'a client' : `a client (${shown(peer)})`;
  if (outcome === 'wrong') return new AuthenticationError(`Listener.accept: ${who} of ${where} has another authkey than this listener. It was turned away; accept again for the next one.`);
  return new AuthenticationError(
    `Listener.accept: ${who} of ${where} only knows the old handshake with HMAC-MD5 (CPython until 3.11), which is refused. Use 3.12 or later there; accept again for the next one.`,
  );
}

function refused(errno: Errno, where: string): ConnectionError {
  return new ConnectionError(
    `Listener.accept: the system does not give out the next connection of ${where} (${nameOf(errno)}). Where no descriptor is left, close connections or raise the limit (ulimit -n).`,
    { cause: systemError(errno, 'accept') },
  );
}
