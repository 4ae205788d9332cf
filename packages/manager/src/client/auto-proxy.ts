/** The proxy of types that have no class of proxies of their own: it has every method, and the server says which there are. */
import { RemoteObject } from '../remote-object.js';
import { registerProxyClass } from './proxy-classes.js';

type Method = (this: AutoProxy, ...args: unknown[]) => Promise<unknown>;

/** What is asked of any object by the language, the console, or test runners: an answer would make something else of the proxy. */
const NEVER = new Set(['then', 'toJSON', 'constructor', 'toString', 'toLocaleString', 'valueOf', 'inspect', 'nodeType', 'tagName', 'asymmetricMatch', ...Object.getOwnPropertyNames(Object.prototype)]);

const isMethodName = (key: string | symbol): key is string => typeof key === 'string' && /^[\p{L}$][\p{L}\p{N}_$]*$/u.test(key) && !NEVER.has(key);

const methods = new Map<string, Method>();

/** The same function each time. */
function methodNamed(name: string): Method {
  let method = methods.get(name);
  if (method === undefined) {
    const made: Method = function (...args) {
      return RemoteObject.handleOf(this).call(name, args, undefined, made);
    };
    method = made;
    methods.set(name, Object.defineProperty(made, 'name', { value: name }));
  }
  return method;
}

export class AutoProxy extends RemoteObject implements AsyncIterable<unknown> {
  [Symbol.asyncIterator](): AsyncIterableIterator<unknown> {
    return RemoteObject.handleOf(this).iterate();
  }
}

// Behind the class's own properties: the proxy itself is an ordinary object, which can be sent. What RemoteObject has for its subclasses, `call` and `iterate`, may be names of the object's methods.
Object.setPrototypeOf(
  AutoProxy.prototype,
  new Proxy(Object.create(RemoteObject.prototype) as object, {
    get: (target, key, receiver): unknown => (isMethodName(key) && key !== 'transact' ? methodNamed(key) : Reflect.get(target, key, receiver)),
  }),
);

registerProxyClass(AutoProxy, 'manycore.AutoProxy', import.meta.url);
