/** The connections of this thread, by server: one for each. */
import { identity } from '@manycore/core/internal';
import type { Address } from '@manycore/queues';
import { openConnection, type OpeningOptions } from './opening.js';
import { ServerConnection } from './server-connection.js';

const known = new Map<string, ServerConnection>();

/** Connects, unless there is a connection to that server already. @throws as `openConnection` */
export async function connectTo(address: Address, options: OpeningOptions): Promise<ServerConnection> {
  const opened = await openConnection(address, options);
  const earlier = known.get(opened.serverId);
  if (earlier !== undefined && !earlier.isOver) {
    opened.wire.close();
    return earlier;
  }
  const connection = remember(new ServerConnection(opened.serverId, address, options.authkey));
  connection.opened(opened);
  return connection;
}

/** The connection to the server that a proxy names. Does not wait: calls are kept until there is one, and fail when there can be none. */
export function connectionTo(serverId: string, address: Address, key: Uint8Array | undefined): ServerConnection {
  const earlier = known.get(serverId);
  if (earlier !== undefined) return earlier;
  const authkey = key ?? identity().authkey;
  const connection = remember(new ServerConnection(serverId, address, authkey));
  openConnection(address, { authkey }).then(
    (opened) => connection.opened(opened),
    (cause: unknown) => connection.failToOpen(cause),
  );
  return connection;
}

function remember(connection: ServerConnection): ServerConnection {
  // Nobody waits at those that are idle: whether their servers are there still is seen now.
  for (const other of known.values()) other.collect(true);
  known.set(connection.serverId, connection);
  connection.whenOver(() => {
    if (known.get(connection.serverId) === connection) known.delete(connection.serverId);
  });
  return connection;
}
