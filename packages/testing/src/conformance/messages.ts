/** Messages that tell of any damage: what they are follows from a number, and every byte of them is checked. */
import assert from 'node:assert/strict';
import type { Cancellable, Form, Timed } from './contract.js';

/** What pipes and sockets have in common. */
export interface ConnectionLike extends AsyncIterable<unknown> {
  send(value: unknown, options?: Cancellable): Promise<void>;
  sendSync(value: unknown, options?: Timed): void;
  sendBytes(bytes: Uint8Array): Promise<void>;
  sendBytesSync(bytes: Uint8Array): void;
  recv(options?: Cancellable): Promise<unknown>;
  recvSync(options?: Timed): unknown;
  recvBytes(options?: Cancellable): Promise<Uint8Array>;
  recvBytesSync(options?: Timed): Uint8Array;
  poll(options?: Cancellable): Promise<boolean>;
  pollSync(options?: Timed): boolean;
  close(): void;
  readonly readable: boolean;
  readonly writable: boolean;
}

/** Those of a pipe in this project go whole up to 60 KiB, and in pieces above; a ring of 960 KiB holds them. */
const SIZES = [0, 1, 7, 1_000, 61_440, 10, 61_441, 200_000, 100, 3 * 2 ** 20, 0, 30_000];

/** An item of sender `from`: the number `i` says how long it is and what is in it. */
export interface Item {
  readonly from: number;
  readonly i: number;
  readonly data: Uint8Array;
}

export const payload = (from: number, i: number, size = SIZES[i % SIZES.length] as number): Uint8Array => new Uint8Array(size).fill(from * 37 + i);

export const item = (from: number, i: number, size?: number): Item => ({ from, i, data: payload(from, i, size) });

export function checkPayload(data: Uint8Array, from: number, i: number, size?: number): void {
  const expected = payload(from, i, size);
  assert.equal(data.length, expected.length, `length of message ${i} of ${from}`);
  assert.ok(Buffer.compare(data, expected) === 0, `bytes of message ${i} of ${from}`);
}

/** @returns its sender and number, when it is whole. */
export function checked(value: unknown, size?: number): [from: number, i: number] {
  const { from, i, data } = value as Item;
  checkPayload(data, from, i, size);
  return [from, i];
}

/** Message `i` of a sender; every third one is of bytes alone. */
export async function sendNumber(connection: ConnectionLike, from: number, i: number, form: Form): Promise<void> {
  const isBytes = i % 3 === 2;
  if (form === 'promise') await (isBytes ? connection.sendBytes(payload(from, i)) : connection.send(item(from, i)));
  else if (isBytes) connection.sendBytesSync(payload(from, i));
  else connection.sendSync(item(from, i));
}

/** Receives what must be message `i` of that sender. */
export async function receiveNumber(connection: ConnectionLike, from: number, i: number, form: Form): Promise<void> {
  if (i % 3 === 2) checkPayload(form === 'promise' ? await connection.recvBytes() : connection.recvBytesSync(), from, i);
  else assert.deepEqual(checked(form === 'promise' ? await connection.recv() : connection.recvSync()), [from, i]);
}

/** The code of the error that a call ends with. */
export async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return String((error as { code?: unknown }).code ?? (error as Error).stack);
  }
  return 'none';
}

export const EOF = 'ERR_MANYCORE_EOF';
export const BROKEN_PIPE = 'ERR_MANYCORE_BROKEN_PIPE';
export const INVALID_STATE = 'ERR_MANYCORE_INVALID_STATE';
export const TIMEOUT = 'ERR_MANYCORE_TIMEOUT';
