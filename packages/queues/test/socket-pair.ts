/** Two ends of a socket connection, both in this process. */
import { native, UNIX } from '@manycore/core/internal';
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

/** A connection over a Unix socket, and what its other side writes: it can be read at once, before the event loop has its turn. */
export async function writtenConnection(): Promise<{ conn: Connection; write: (...bytes: number[]) => void } & Disposable> {
  using listener = await Listener.open();
  const fd = native().connectSocket(UNIX, Buffer.from(listener.address as string));
  const conn = await listener.accept();
  return {
    conn,
    write: (...bytes) => void native().writeSocket(fd, Buffer.from(bytes), 0, bytes.length),
    [Symbol.dispose]: () => {
      conn.close();
      native().closeSocket(fd);
    },
  };
}
