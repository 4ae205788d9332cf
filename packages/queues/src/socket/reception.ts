/**
 * What happens between a knock at a listener's socket and `accept`: connections are taken from the system while calls of `accept` wait, and authenticated side by side, so that a silent one
 * keeps nobody waiting.
 *
 *     kernel's backlog ──accept wanted, fewer than MOST──▶ handshake ──welcome──▶ a waiting accept, else the ready list
 *                                                            └─ wrong or old key ──▶ a waiting accept fails; the connection is closed
 *                                                            └─ silent, gone, nonsense ──▶ closed, nobody is told
 *
 * In the handshake and on the ready list together there are at most MOST connections; further ones wait in the backlog. Were they closed instead, a flood would turn everybody away at once; so it
 * delays them, by the time of one handshake for MOST silent ones, and costs neither memory nor descriptors beyond those.
 */
import { constants } from 'node:os';
import { native, READABLE, type Deadline } from '@manycore/core/internal';
import { AuthenticationError, ConnectionError } from '../errors.js';
import { addressFrom, shown, type Address } from './address.js';
import { Descriptor, type DescriptorOwner } from './descriptor.js';
import { shakeHands, type Outcome } from './handshake.js';
import { SocketChannel } from './socket-channel.js';
import { nameOf, systemError, type Errno } from './system-error.js';
import { Waiter } from './waiter.js';

/** Connections that are not authenticated, or not asked for yet. */
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
  readonly #ready: Accepted[] = [];
  readonly #inHandshake = new Set<SocketChannel>();
  #alive: NodeJS.Timeout | undefined;

  constructor(
    fd: number,
    readonly options: ReceptionOptions,
  ) {
    this.#descriptor = new Descriptor(fd, this);
  }

  get fd(): number {
    return this.#descriptor.fd;
  }

  /** Somebody is ready, or knocks. */
  get hasVisitor(): boolean {
    return this.#ready.length > 0 || native().pollFd(this.fd, READABLE, 0) > 0;
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

  /** Waiting calls end so; connections nobody has accepted are closed. */
  close(failure: () => Error): void {
    this.#descriptor.close();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) waiter.fail(failure());
    for (const channel of [...this.#inHandshake]) channel.close();
    for (const { channel } of this.#ready.splice(0)) channel.close();
    this.#update();
  }

  get #hasRoom(): boolean {
    return this.#inHandshake.size + this.#ready.length < MOST;
  }

  #wanted(): number {
    return this.#waiting.size > 0 && this.#hasRoom ? READABLE : 0;
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
    while (this.#waiting.size > 0 && this.#ready.length > 0) this.#next()!.settle(this.#ready.shift());
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
    const { family, key, where, maxMessageBytes } = this.options;
    const fd = native().acceptSocket(this.fd);
    if (fd === -EAGAIN) return false;
    if (fd === -ECONNABORTED) return true;
    if (fd < 0) {
      this.#next()!.fail(refused(fd, where));
      return true;
    }
    const name = native().socketName(fd, true);
    // A peer that is gone already has no name any more.
    const peer = typeof name === 'number' ? '' : addressFrom({ family, bytes: name });
    const channel = new SocketChannel(fd, peer === '' ? where : shown(peer), maxMessageBytes);
    if (key === undefined) this.#next()!.settle({ channel, peer });
    else void this.#authenticate({ channel, peer }, key);
    return true;
  }

  async #authenticate(visitor: Accepted, key: Buffer): Promise<void> {
    const { channel } = visitor;
    this.#inHandshake.add(channel);
    // What keeps the event loop alive are the calls of accept.
    channel.keepsAlive = false;
    const timer = setTimeout(() => channel.close(), this.options.handshakeMs).unref();
    const outcome = await shakeHands('listener', channel, key, Infinity).catch((): Outcome => 'silent');
    clearTimeout(timer);
    this.#inHandshake.delete(channel);
    if (outcome === 'welcome' && !this.#descriptor.isClosed) {
      channel.keepsAlive = true;
      this.#ready.push(visitor);
    } else {
      channel.close();
      if (outcome === 'wrong' || outcome === 'old') this.#next()?.fail(unauthenticated(outcome, visitor.peer, this.options.where));
    }
    this.#serve();
  }
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
