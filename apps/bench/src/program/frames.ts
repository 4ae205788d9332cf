/** Whole messages over a stream: four bytes of length, then the message, which has at least one byte. */
import type { Socket } from 'node:net';

const HEADER_BYTES = 4;

/** Sends a value as JSON. */
export function writeJson(socket: Socket, value: unknown): void {
  const text = JSON.stringify(value);
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32LE(length);
  frame.write(text, HEADER_BYTES);
  socket.write(frame);
}

/**
 * Sends bytes without copying them.
 * @param done - called when the system has taken them. @returns whether more can be written before that.
 */
export function writeBytes(socket: Socket, bytes: Uint8Array, done: (error?: Error | null) => void): boolean {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(bytes.length);
  socket.cork();
  socket.write(header);
  const hasRoom = socket.write(bytes, done);
  socket.uncork();
  return hasRoom;
}

/** Calls the listener with every message that comes. It may keep what it is given. */
export function readFrames(socket: Socket, listener: (message: Buffer) => void): void {
  const header = Buffer.alloc(HEADER_BYTES);
  let part = header;
  let filled = 0;
  socket.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(part, filled, at);
      at += copied;
      filled += copied;
      if (filled < part.length) return;
      filled = 0;
      if (part === header) {
        part = Buffer.allocUnsafe(header.readUInt32LE());
      } else {
        const message = part;
        part = header;
        listener(message);
      }
    }
  });
}
