/** Proxies that arrive. */
import { SerializationError } from '@manycore/core';
import type { Handle } from '../handle.js';
import type { ProxyClass, RemoteObject } from '../remote-object.js';
import { connectionTo } from './connections.js';
import { localServers, senderNow, type SharedProxy } from './sharing.js';

/**
 * The proxy of what has arrived: the one that this thread has of the object already, if there is one. Does not wait: where there is no connection to its server yet, one is made from now on.
 * @throws SerializationError for what is no proxy.
 */
export function arrived<P extends RemoteObject>(Class: ProxyClass<P>, data: unknown): P {
  const [serverId, address, objectId, typeid, token, key] = checked(data);
  const make = (handle: Handle): RemoteObject => new Class(handle);
  const sender = senderNow();
  if (sender?.serverId === serverId) return sender.arrived(objectId, typeid, token, make) as P;
  const local = localServers.get(serverId);
  if (local !== undefined) return local.arrived(objectId, token, make) as P;
  return connectionTo(serverId, address, key).arrived(objectId, typeid, token, make) as P;
}

function checked(data: unknown): SharedProxy {
  const [serverId, , objectId, typeid, token, key] = (Array.isArray(data) ? data : []) as unknown as Partial<SharedProxy>;
  const isOne = typeof serverId === 'string' && typeof objectId === 'number' && typeof typeid === 'string' && (token === undefined || typeof token === 'string') && (key === undefined || key instanceof Uint8Array);
  if (!isOne) throw new SerializationError('what was received as a proxy of a managed object is none');
  return data as SharedProxy;
}
