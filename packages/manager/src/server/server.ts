/**
 * A manager's server: accepts clients, and has the objects.
 *
 * ```
 *  Listener → Reception → ClientSession (one for each thread of a client) → Pump reads them in turns
 *                               ↓ calls                                         ↓
 *                           Dispatcher: makes objects, finds them in Referents, calls their methods
 * ```
 */
import { describe, identity } from '@manycore/core/internal';
import { isThenable } from '@manycore/process/internal';
import { Listener, type Address, type ListenerOptions } from '@manycore/queues';
import { AutoProxy } from '../client/auto-proxy.js';
import { keyToShare } from '../client/key.js';
import { localServers, type LocalServer, type MakeProxy } from '../client/sharing.js';
import { ManagerError } from '../errors.js';
import { CREATE, ITERATE, TRANSACT } from '../protocol.js';
import type { OwnTypeOptions, Registry } from '../registry.js';
import { RemoteObject, type ProxyClass } from '../remote-object.js';
import type { Call } from './call.js';
import { asCaller, type CallerClient } from './caller.js';
import { ClientSession } from './client-session.js';
import { factoryOf } from './factories.js';
import { Loopbacks, LoopbackHandle, type Loop } from './loopback.js';
import { Pump } from './pump.js';
import { receiveGuest } from './reception.js';
import { Referents } from './referents.js';

/** Clients that the system keeps until they are taken in. */
const BACKLOG = 512;
/** After the system refused to accept one. */
const PAUSE_MS = 100;

export interface ServerOptions extends Pick<ListenerOptions, 'address' | 'allowRemote' | 'maxMessageBytes'> {
  readonly authkey: Uint8Array;
  readonly registry: Registry;
}

export class RunningServer implements Loop, LocalServer {
  readonly id = crypto.randomUUID();
  readonly referents = new Referents((error) => this.#warn(error));
  readonly self: CallerClient = { pid: process.pid, name: identity().name, holds: () => () => undefined };
  readonly #clients = new Set<ClientSession>();
  readonly #loopbacks = new Loopbacks();
  readonly #pump = new Pump((client) => this.#gone(client));
  #isOver = false;
  #tellEnded: (() => void) | undefined;
  /** Resolves when it was shut down. */
  readonly ended = new Promise<void>((resolve) => (this.#tellEnded = resolve));

  readonly #options: ServerOptions;

  private constructor(
    readonly listener: Listener,
    options: ServerOptions,
  ) {
    this.#options = options;
    localServers.set(this.id, this);
    void this.#accept();
  }

  /** @throws as `Listener.open` */
  static async open(options: ServerOptions): Promise<RunningServer> {
    const { address, allowRemote, maxMessageBytes, authkey } = options;
    return new RunningServer(await Listener.open({ address, allowRemote, maxMessageBytes, authkey, backlog: BACKLOG }), options);
  }

  get address(): Address {
    return this.listener.address;
  }

  get keyToShare(): Uint8Array | undefined {
    return keyToShare(this.#options.authkey);
  }

  /** Takes no more clients, answers those that it has, and drops its objects. */
  shutDown(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    localServers.delete(this.id);
    this.listener.close();
    // What is being answered now goes out first.
    setImmediate(() => {
      for (const client of [...this.#clients]) this.#gone(client);
      this.referents.clear();
      this.#tellEnded!();
    });
  }

  // --- calls ---

  dispatch(kind: number, call: Call, object: number, tail: unknown, args: unknown[]): unknown {
    const result = kind === CREATE ? this.#create(call, tail, args) : this.#call(kind, call, object, tail, args);
    return isThenable(result) ? Promise.resolve(result) : result;
  }

  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#warn(error);
    }
  }

  #create(call: Call, typeid: unknown, args: unknown[]): unknown {
    const type = this.#options.registry.require(typeid as string);
    const factory = factoryOf(type);
    if (factory === undefined) throw new ManagerError(`The type ${describe(typeid)} is registered in the server without a factory: nothing can make one there.`);
    const made = asCaller(call, () => make(factory, args));
    return this.#asProxy(made, typeid as string, type);
  }

  #call(kind: number, call: Call, object: number, method: unknown, args: unknown[]): unknown {
    const referent = this.referents.require(object);
    if (kind === TRANSACT) return referent.transact(call, args[0] as Function);
    if (kind === ITERATE) return referent.iterate(call);
    const result = referent.call(call, method, args);
    const { methodToTypeid } = referent.type;
    const name = method as string;
    if (methodToTypeid === undefined || !Object.hasOwn(methodToTypeid, name)) return result;
    const typeid = methodToTypeid[name]!;
    return this.#asProxy(result, typeid, this.#options.registry.find(typeid) ?? {});
  }

  /** A proxy to be sent: the client will count for the object, the proxy here does not. */
  #asProxy(made: unknown, typeid: string, type: OwnTypeOptions): unknown {
    if (isThenable(made)) return Promise.resolve(made).then((object) => this.#asProxy(object, typeid, type));
    if ((typeof made !== 'object' || made === null) && typeof made !== 'function') {
      throw new ManagerError(`${typeid}: what was made is no object (${describe(made)}): there is nothing that a proxy could stand for.`);
    }
    const Class: ProxyClass = type.proxy ?? AutoProxy;
    const referent = this.referents.of(made, typeid, type);
    // Until it is on its way, which it is in this turn of the event loop; or never, as its client is gone.
    this.referents.retain(referent);
    setImmediate(() => this.referents.release(referent));
    return new Class(new LoopbackHandle(this, referent, false));
  }

  toKeep(proxy: RemoteObject): RemoteObject {
    const handle = RemoteObject.handleOf(proxy);
    if (!(handle instanceof LoopbackHandle) || handle.counted) return proxy;
    return this.#loopbacks.of(this, handle.referent, (counted) => new (proxy.constructor as ProxyClass)(counted));
  }

  // --- proxies that arrive here ---

  arrived(objectId: number, token: string | undefined, makeProxy: MakeProxy): RemoteObject {
    const proxy = this.#loopbacks.of(this, this.referents.require(objectId), makeProxy);
    if (token !== undefined) this.referents.unpin(token);
    return proxy;
  }

  // --- clients ---

  async #accept(): Promise<void> {
    while (!this.#isOver) {
      try {
        for await (const connection of this.listener) void this.#receive(connection);
      } catch {
        // No descriptor is left, say: those that are here go on.
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async #receive(connection: Parameters<typeof receiveGuest>[0]): Promise<void> {
    const guest = await receiveGuest(connection, this.id);
    if (guest === undefined) return;
    const client = new ClientSession(guest.wire, guest.pid, guest.name, this.referents, this);
    this.#clients.add(client);
    if (this.#isOver) this.#gone(client);
    else this.#pump.wake(client);
  }

  #gone(client: ClientSession): void {
    this.#clients.delete(client);
    client.end();
  }

  #warn(error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(`Releasing an object of a manager's server failed: ${reason}`, 'ManycoreWarning');
  }
}

function make(factory: Function, args: unknown[]): unknown {
  return isClass(factory) ? Reflect.construct(factory, args) : Reflect.apply(factory, undefined, args);
}

/** The platform's constructors, as Map, are not written `class`. */
function isClass(factory: Function): boolean {
  const text = Function.prototype.toString.call(factory);
  return text.startsWith('class') || (text.includes('[native code]') && factory.prototype !== undefined);
}
