/** A client that says whatever a test has it say: over a socket, as one of another process tree. */
import { decode, encode } from '@manycore/core/internal';
import { Client, type Address, type Connection } from '@manycore/queues';

export const CREATE = 1;
export const CALL = 2;
export const DROP = 8;
export const PIN = 9;
export const ADOPT = 10;
export const DONE = 32;
export const FAIL = 33;

export interface Answer {
  readonly kind: number;
  readonly call: number;
  readonly value: unknown;
}

/** A message as in src/protocol.ts. */
export function message(kind: number, call: number, object: number, value: unknown): Buffer {
  const encoded = encode(value, 'value');
  const { head } = encoded;
  const at = encoded.append(8);
  encoded.words.set([head, kind, call, 0, object, 0, 0, 0], at);
  return Buffer.from(encoded.bytes.subarray(0, encoded.head));
}

export class RawClient {
  private constructor(readonly connection: Connection) {}

  static async connect(address: Address, authkey: Uint8Array | string, hello: unknown = [1, 'another session', process.pid, 'raw']): Promise<RawClient> {
    const connection = await Client(address, { authkey, maxMessageBytes: Infinity });
    await connection.send(hello);
    await connection.recv();
    return new RawClient(connection);
  }

  async send(kind: number, call: number, object: number, value: unknown): Promise<void> {
    await this.connection.sendBytes(message(kind, call, object, value));
  }

  async answer(): Promise<Answer> {
    const bytes = await this.connection.recvBytes();
    const at = bytes.length - 32;
    return { kind: bytes.readInt32LE(at + 4), call: bytes.readInt32LE(at + 8), value: decode(bytes, 0, bytes.readInt32LE(at), { foreign: true }) };
  }

  async ask(kind: number, call: number, object: number, value: unknown): Promise<Answer> {
    await this.send(kind, call, object, value);
    return this.answer();
  }

  close(): void {
    this.connection.close();
  }
}
