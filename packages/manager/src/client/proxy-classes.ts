/** How proxies travel: each class has a reducer, which tells the proxy's handle, and makes the proxy of it on the other side. */
import { defineReducer } from '@manycore/core/internal';
import type { ProxyClass, RemoteObject } from '../remote-object.js';
import { RemoteObject as Base } from '../remote-object.js';
import { arrived } from './arrival.js';

/**
 * Makes a class of proxies known to the codec.
 * @param name - the same in every installation: `manycore.DictProxy`. @param module - `import.meta.url` of the module that makes this call.
 */
export function registerProxyClass<P extends RemoteObject>(Class: ProxyClass<P>, name: string, module: string): void {
  defineReducer(Class, { name, module, reduce: (proxy) => Base.handleOf(proxy).share(), rebuild: (data) => arrived(Class, data) });
}
