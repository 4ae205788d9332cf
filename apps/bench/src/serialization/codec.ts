/**
 * The codecs as the measuring program calls them. All messages are bytes that another process could be sent: JSON is written as UTF-8.
 */
import { decode, encode, type Encoded } from '@manycore/core/internal';
import { deserialize, serialize } from 'node:v8';

export interface Codec<Message = unknown> {
  encode(value: unknown): Message;
  /** Length of a message. */
  bytes(message: Message): number;
  /** The message in memory that the next `encode` leaves alone. */
  keep(message: Message): Message;
  /** The value of the last message, of which nothing may be kept: the next `encode` may overwrite it. */
  decode(message: Message): unknown;
  /** The value of a kept message, which the value may be views on. */
  decodeKept(message: Message): unknown;
}

const OWN = { own: true };

const manycore: Codec<Encoded> = {
  encode(value) {
    const message = encode(value, 'item');
    message.commit();
    return message;
  },
  bytes: ({ length }) => length,
  keep: (message) => message.keep(),
  decode: ({ bytes, length }) => decode(bytes as Buffer, 0, length),
  decodeKept: ({ bytes, length }) => decode(bytes as Buffer, 0, length, OWN),
};

/** One whose every message is a Buffer of its own. */
function ofBuffers(encode: (value: unknown) => Buffer, decode: (message: Buffer) => unknown): Codec<Buffer> {
  return { encode, bytes: ({ length }) => length, keep: (message) => message, decode, decodeKept: decode };
}

async function msgpackr(options: object): Promise<Codec<Buffer>> {
  const { Packr } = await import('msgpackr');
  const packr = new Packr(options);
  return ofBuffers((value) => packr.pack(value), (message) => packr.unpack(message));
}

/** Makers of the codecs, by the names the rows have. */
export const codecs: Readonly<Record<string, () => Codec | Promise<Codec>>> = {
  manycore: () => manycore,
  'node:v8': () => ofBuffers(serialize, deserialize),
  JSON: () => ofBuffers((value) => Buffer.from(JSON.stringify(value)), (message) => JSON.parse(message.toString())),
  msgpackr: () => msgpackr({ useRecords: false }),
  'msgpackr, structured clone': () => msgpackr({ structuredClone: true, moreTypes: true }),
};
