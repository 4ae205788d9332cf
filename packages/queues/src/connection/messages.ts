/** Between the arguments and results of a connection's calls and the messages of its channel. */
import { TimeoutError, type SyncWaitOptions } from '@manycore/core';
import { BufferTooShortError } from '../errors.js';
import { partOf, RawMessage, viewOf, wholeNumber, type Bytes } from './bytes.js';
import type { Demand, Incoming, Outgoing } from './channel.js';

export const VALUE: Demand = { kind: 'value', maxLength: Infinity };

export function bytesUpTo(options: { maxLength?: number | undefined } | undefined, call: string): Demand {
  const maxLength = options?.maxLength;
  if (maxLength === undefined || maxLength === Infinity) return { kind: 'bytes', maxLength: Infinity };
  return { kind: 'bytes', maxLength: wholeNumber(maxLength, 'maxLength', `Connection.${call}`) };
}

export function rawMessage(buffer: Bytes, offset: number | undefined, size: number | undefined, call: string): Outgoing {
  return new RawMessage(partOf(viewOf(buffer, `Connection.${call}`), offset, size, `Connection.${call}`));
}

/** The bytes of a message in memory of their own. */
export const ownBytes = ({ bytes, length, isOwn }: Incoming): Buffer => (isOwn && bytes.length === length ? bytes : Buffer.from(bytes.subarray(0, length)));

/** Puts a message into `into`, where the channel has not done so. @throws BufferTooShortError */
export function putInto(into: Buffer, { bytes, length }: Incoming, call: string): number {
  if (length > into.length) {
    const error = new BufferTooShortError(`Connection.${call}: the message has ${length} bytes, and there is room for ${into.length}. The error's data has the message.`);
    Object.defineProperty(error, 'data', { value: Buffer.from(bytes.subarray(0, length)), enumerable: true });
    throw error;
  }
  if (bytes.buffer !== into.buffer || bytes.byteOffset !== into.byteOffset) bytes.copy(into, 0, 0, length);
  return length;
}

export function timeUp(call: string, options: SyncWaitOptions | undefined): TimeoutError {
  const what = call.startsWith('send') ? 'there was no room' : 'no message came';
  return new TimeoutError(`Connection.${call}: ${what}${options?.timeout === undefined ? '' : ` within ${options.timeout} ms`}.`);
}
