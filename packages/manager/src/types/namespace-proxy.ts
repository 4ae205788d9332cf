import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { ManagedNamespace } from './namespace.js';

/** Names with values in a manager's server. @see Python `multiprocessing.managers.Namespace`. Differs: `get` and `set` instead of attributes; a missing name gives undefined. */
export class NamespaceProxy extends RemoteObject<ManagedNamespace> {
  /** The value; undefined when there is none. */
  get<V = unknown>(name: string): Promise<V | undefined> {
    return this.call('get', [name]);
  }

  set(name: string, value: unknown): Promise<void> {
    return this.call('set', [name, value]);
  }

  has(name: string): Promise<boolean> {
    return this.call('has', [name]);
  }

  /** Removes a name; whether there was one. */
  delete(name: string): Promise<boolean> {
    return this.call('delete', [name]);
  }

  /** All of it as an object. */
  snapshot(): Promise<Record<string, unknown>> {
    return this.call('snapshot');
  }
}
registerProxyClass(NamespaceProxy, 'manycore.NamespaceProxy', import.meta.url);
