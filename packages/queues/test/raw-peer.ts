/** The other side of a connection, made of bytes. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { until } from '@manycore/testing';
import type { Address } from '@manycore/queues';

export class RawPeer implements AsyncDisposable {
  received = Buffer.alloc(0);
  hasEnded = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => (this.received = Buffer.concat([this.received, data])));
    socket.on('close', () => (this.hasEnded = true));
    // A reset is one way to be closed.
    socket.on('error', () => (this.hasEnded = true));
  }

  static async connect(address: Address): Promise<RawPeer> {
    const socket = typeof address === 'string' ? connect(address) : connect(address[1], address[0]);
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  write(...parts: (Uint8Array | string)[]): this {
    for (const part of parts) this.socket.write(part);
    return this;
  }

  /** Waits for so many bytes, and takes them. */
  async take(length: number): Promise<Buffer> {
    await until(() => this.received.length >= length, { what: `${length} bytes` });
    const taken = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return taken;
  }

  /** The next message. */
  async frame(): Promise<Buffer> {
    const head = await this.take(4);
    return this.take(head.readInt32BE(0));
  }

  async ended(): Promise<void> {
    await until(() => this.hasEnded, { what: 'the other side to close the connection' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.socket.closed ? undefined : once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  static of(socket: Socket): RawPeer {
    return new RawPeer(socket);
  }
}

/** A listener made of bytes, at a free port. */
export async function rawListener(): Promise<{ server: Server; address: Address; next: () => Promise<RawPeer> } & AsyncDisposable> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const peers: RawPeer[] = [];
  server.on('connection', (socket) => peers.push(RawPeer.of(socket)));
  const all: RawPeer[] = [];
  return {
    server,
    address: ['127.0.0.1', port],
    next: async () => {
      await until(() => peers.length > 0, { what: 'a connection' });
      const peer = peers.shift()!;
      all.push(peer);
      return peer;
    },
    [Symbol.asyncDispose]: async () => {
      for (const peer of [...all, ...peers]) await peer[Symbol.asyncDispose]();
      server.close();
      await once(server, 'close');
    },
  };
}

export function frame(data: Uint8Array | string): Buffer {
  const bytes = Buffer.from(data as string);
  const head = Buffer.alloc(4);
  head.writeInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}
