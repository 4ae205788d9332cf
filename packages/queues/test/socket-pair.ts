/** Two ends of a socket connection, both in this process. */
import { Client, Listener, type Connection, type ListenerOptions } from '@manycore/queues';

export interface SocketPair extends Disposable {
  readonly here: Connection;
  readonly there: Connection;
}

export async function socketPair(options: Pick<ListenerOptions, 'family' | 'authkey' | 'maxMessageBytes'> = {}): Promise<SocketPair> {
  using listener = await Listener.open(options);
  const [here, there] = await Promise.all([listener.accept(), Client(listener.address, { authkey: options.authkey })]);
  return {
    here,
    there,
    [Symbol.dispose]: () => {
      here.close();
      there.close();
    },
  };
}
