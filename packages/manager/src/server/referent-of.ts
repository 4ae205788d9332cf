import { RemoteObject } from '../remote-object.js';
import { LoopbackHandle } from './loopback.js';

/** The object that a proxy stands for, when that is one of the server in this thread: for factories that are given proxies. Keep the proxy, too: it is what keeps the object. */
export function objectOf(value: unknown): unknown {
  if (!(value instanceof RemoteObject)) return undefined;
  const handle = RemoteObject.handleOf(value);
  return handle instanceof LoopbackHandle ? handle.referent.object : undefined;
}
