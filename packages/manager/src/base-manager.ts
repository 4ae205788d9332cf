import { inspect } from 'node:util';
import { ClosedError, InvalidStateError, SerializationError, type WaitOptions } from '@manycore/core';
import { deadlineOf, describe, nameClass, SHARE, type Shareable, type ShareRecord } from '@manycore/core/internal';
import type { Address } from '@manycore/queues';
// Known before the first one comes: for what a server that is not of this tree sends, no module is loaded.
import './client/auto-proxy.js';
import { connectTo } from './client/connections.js';
import { registerProxyClass } from './client/proxy-classes.js';
import type { ServerConnection } from './client/server-connection.js';
import type { Created } from './create.js';
import { managerSettings, type ManagerOptions, type ManagerSettings } from './manager-options.js';
import { ManagerServer } from './manager-server.js';
import { registryOf } from './manager-types.js';
import { CREATE, SHUTDOWN } from './protocol.js';
import { checkTypeOptions, type TypeOptions } from './registry.js';
import type { RemoteObject } from './remote-object.js';
import { addOwnClass, ownNameOf } from './server/own-classes.js';
import { ServerProcess, type StartOptions } from './server-process.js';

/** Options of `connect`. */
export type ConnectOptions = WaitOptions;

/**
 * A manager: starts a server process, or connects to one, and makes objects there, which any process may use through proxies.
 *
 * The types of objects are registered on a subclass, at the top level of the module that exports it: the server imports that module. A subclass has the types of the classes above it.
 *
 * The server ends with `shutdown`, and when the program that started it does, however that ends; Ctrl-C in a terminal does not end it by itself. When it is gone, every pending and later call of its proxies rejects
 * with ManagerError.
 *
 * @example
 * export class Counter {
 *   #count = 0;
 *   add(n: number): number { return (this.#count += n); }
 * }
 * export class MyManager extends BaseManager {
 *   declare readonly Counter: Creator<typeof Counter>;
 * }
 * MyManager.register('Counter', { factory: Counter });
 *
 * if (isMainProcess) {
 *   await using manager = await new MyManager().start();
 *   const counter = await manager.Counter();
 *   console.log(await counter.add(2));
 * }
 * @see Python `multiprocessing.managers.BaseManager`. Differs: promises; options objects; a server of our own protocol; refuses addresses that other machines can reach unless told otherwise.
 */
export class BaseManager implements Shareable {
  readonly #settings: ManagerSettings;
  #state: 'new' | 'starting' | 'started' | 'connected' | 'ended' = 'new';
  #server: ServerProcess | undefined;
  #connection: ServerConnection | undefined;
  #shutdown: Promise<void> | undefined;

  /** @throws TypeError, RangeError for an option that is not what it should be. */
  constructor(options: ManagerOptions = {}) {
    this.#settings = managerSettings(options, new.target.name);
  }

  /**
   * Registers a type on this class and those below it: managers get a method of that name, which makes an object in the server and resolves with its proxy.
   *
   * @param typeid - its name. @param options.factory - runs in the server; its object is what the proxies stand for. An object that was given out before is the same again. Absent: to use a type of a server elsewhere.
   * @throws TypeError for arguments that do not fit, also for a factory on a class of this package, whose module the server would not load for it; TargetError for a class of proxies that is not exported.
   * @see Python `BaseManager.register`.
   */
  static register(typeid: string, options: TypeOptions = {}): void {
    checkTypeOptions(typeid, options);
    if (options.factory !== undefined && ownNameOf(this) !== undefined) throw new TypeError(`${this.name}.register('${typeid}'): register on a subclass of yours, exported by its module: the server imports that.`);
    const { proxy } = options;
    if (proxy !== undefined) registerProxyClass(proxy, `${proxy.name} of ${typeid}`, nameClass(proxy, `register('${typeid}', { proxy })`).url);
    this.addType(typeid, options);
  }

  /** @internal Without the checks. */
  static addType(typeid: string, options: TypeOptions): void {
    registryOf(this).set(typeid, options);
    if (options.createMethod === false) return;
    const prototype = this.prototype as unknown as Record<string, unknown>;
    if (typeid in BaseManager.prototype) throw new TypeError(`${this.name}.register('${typeid}'): managers have a member of that name; take another one.`);
    const create = function (this: BaseManager, ...args: unknown[]): Promise<RemoteObject> {
      return this.#create(typeid, args, create);
    };
    Object.defineProperty(prototype, typeid, { configurable: true, writable: true, value: Object.defineProperty(create, 'name', { value: typeid }) });
  }

  /** Where the server is; null while that is not known. Python: `BaseManager.address`. */
  get address(): Address | null {
    return this.#connection?.address ?? this.#settings.address ?? null;
  }

  /** The key, a copy. */
  get authkey(): Buffer {
    return Buffer.from(this.#settings.authkey);
  }

  /**
   * Starts the server process and resolves with this manager once it serves. Does not block the event loop.
   *
   * @throws InvalidStateError for a second start, or after `connect`; ClosedError after `shutdown`; TargetError when the class or the initializer is not exported; what the initializer throws; ConnectionError when the
   *   address cannot be had; ManagerError when the process ends before it serves; ProcessError in a daemonic process.
   * @see Python `BaseManager.start`. Differs: an options object.
   */
  async start(options: StartOptions = {}): Promise<this> {
    const call = `${this.constructor.name}.start()`;
    if (typeof options !== 'object' || options === null) throw new TypeError(`${call}: expected an options object { initializer, initArgs }, got ${describe(options)}.`);
    this.#mustBeNew(call);
    this.#state = 'starting';
    try {
      this.#server = await ServerProcess.start(this.constructor, this.constructor.name, this.#settings, options);
      this.#connection = await connectTo(this.#server.address, this.#settings);
      this.#connection.describeEnd = () => this.#server!.describeEnd();
    } catch (error) {
      this.#state = 'new';
      await this.#server?.end(0);
      this.#server = undefined;
      throw error;
    }
    this.#state = 'started';
    return this;
  }

  /**
   * Connects to the server at `address`, which runs elsewhere; resolves with this manager.
   *
   * @throws InvalidStateError without an address, for a second time, or after `start`; AuthenticationError for a wrong key; ConnectionError when nobody listens there; ManagerError for what is no server of a manager, or
   *   one of another version; TimeoutError; the signal's reason.
   * @see Python `BaseManager.connect`.
   */
  async connect(options: ConnectOptions = {}): Promise<this> {
    const call = `${this.constructor.name}.connect()`;
    deadlineOf(options, call);
    this.#mustBeNew(call);
    const { address, authkey, maxMessageBytes } = this.#settings;
    if (address === undefined) throw new InvalidStateError(`${call}: where to? Make the manager with { address }.`);
    this.#state = 'starting';
    try {
      this.#connection = await connectTo(address, { authkey, maxMessageBytes, ...options });
    } catch (error) {
      this.#state = 'new';
      throw error;
    }
    this.#state = 'connected';
    return this;
  }

  /** The server, to be run by this program itself. @throws InvalidStateError when the manager was started or connected. Python: `BaseManager.get_server`. */
  getServer(): ManagerServer {
    this.#mustBeNew(`${this.constructor.name}.getServer()`);
    return new ManagerServer(this.#settings, registryOf(this.constructor));
  }

  /**
   * Ends the server: asks it to, and after `shutdownTimeout` terminates it (SIGTERM), and after that once more kills it (SIGKILL). Resolves when the process has ended. Its objects are gone then, and calls of their
   * proxies reject. A second time does nothing.
   *
   * @throws InvalidStateError for a server that this manager has not started.
   * @see Python `BaseManager.shutdown`.
   */
  shutdown(): Promise<void> {
    if (this.#state === 'connected' || this.#state === 'starting') {
      const why = this.#state === 'connected' ? 'this manager is only connected to the server; shut it down where it was started' : 'it is being started; wait for that first';
      return Promise.reject(new InvalidStateError(`${this.constructor.name}.shutdown(): ${why}.`));
    }
    this.#state = 'ended';
    return (this.#shutdown ??= this.#end());
  }

  async #end(): Promise<void> {
    if (this.#server === undefined) return;
    // It may be gone already, or too busy to answer: the signals are for that.
    this.#connection?.request(SHUTDOWN, 0, [], [], undefined, 'shutdown', this.shutdown).catch(() => undefined);
    await this.#server.end(this.#settings.shutdownMs);
    this.#connection?.collect(true);
  }

  /** Waits for the end of the server process; returns also when the timeout passed. @throws InvalidStateError when it was not started here; the signal's reason. Python: `BaseManager.join`. */
  async join(options?: WaitOptions): Promise<void> {
    const call = `${this.constructor.name}.join()`;
    deadlineOf(options, call);
    if (this.#server === undefined) throw new InvalidStateError(`${call}: this manager has not started a server.`);
    await this.#server.join(options);
  }

  /**
   * Makes an object of a type, by name: for types that this class does not declare.
   *
   * @throws ManagerError when the type is not registered in the server, or the server is gone; what the factory throws; InvalidStateError before `start` or `connect`; ClosedError after `shutdown`.
   */
  create(typeid: string, ...args: unknown[]): Promise<Created> {
    return this.#create(typeid, args, this.create) as Promise<Created>;
  }

  async #create(typeid: string, args: unknown[], entry: Function): Promise<RemoteObject> {
    if (this.#state === 'ended') throw new ClosedError(`${this.constructor.name}.${typeid}(): the manager was shut down.`);
    if (this.#connection === undefined) throw new InvalidStateError(`${this.constructor.name}.${typeid}(): start() or connect() first.`);
    const prepare = registryOf(this.constructor).find(typeid)?.prepare;
    return (await this.#connection.request(CREATE, 0, prepare === undefined ? args : prepare(args), [typeid], undefined, typeid, entry)) as RemoteObject;
  }

  #mustBeNew(call: string): void {
    if (this.#state === 'ended') throw new ClosedError(`${call}: the manager was shut down.`);
    if (this.#state !== 'new') throw new InvalidStateError(`${call}: it was ${this.#state === 'connected' ? 'connected' : 'started'} already.`);
  }

  /** As `shutdown`; does nothing for a server elsewhere. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state !== 'connected') await this.shutdown();
  }

  [SHARE](): ShareRecord {
    throw new SerializationError(`${this.constructor.name}: a manager stays in its process. Send proxies of its objects; or its address, and connect there.`);
  }

  [inspect.custom](): string {
    return `<${this.constructor.name}(${this.#state})>`;
  }
}
addOwnClass('BaseManager', BaseManager);
