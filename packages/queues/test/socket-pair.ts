/** Two ends of a socket connection, both in this process. */
import { Client, Listener, type Connection } from '@manycore/queues';

export interface SocketPair extends Disposable {
  readonly here: Connection;
  readonly there: Connection;
}

export async function socketPair(family: 'AF_UNIX' | 'AF_INET' = 'AF_UNIX', maxMessageBytes?: number): Promise<SocketPair> {
  using listener = await Listener.open({ family, maxMessageBytes });
  const [here, there] = await Promise.all([listener.accept(), Client(listener.address)]);
  return {
    here,
    there,
    [Symbol.dispose]: () => {
      here.close();
      there.close();
    },
  };
}
