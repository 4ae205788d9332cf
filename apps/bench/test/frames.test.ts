import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readFrames, writeBytes, writeJson } from '../src/program/frames.js';

/** A socket that gives what is written to it back as it is told to. */
class Loop extends EventEmitter {
  readonly written: Buffer[] = [];
  cork(): void {}
  uncork(): void {}
  write(chunk: Uint8Array): boolean {
    this.written.push(Buffer.from(chunk));
    return true;
  }
}

function loop(): { socket: Socket; written: () => Buffer; messages: string[]; give: (chunk: Buffer) => void } {
  const socket = new Loop();
  const messages: string[] = [];
  readFrames(socket as unknown as Socket, (message) => messages.push(message.toString()));
  return { socket: socket as unknown as Socket, written: () => Buffer.concat(socket.written), messages, give: (chunk) => void socket.emit('data', chunk) };
}

describe('frames', () => {
  const sent = ['"a"', 'bytes', '{"name":"ü","values":[1,2]}'];
  const write = (socket: Socket): void => {
    writeJson(socket, 'a');
    writeBytes(socket, Buffer.from('bytes'), () => {});
    writeJson(socket, { name: 'ü', values: [1, 2] });
  };

  it('come as they were sent when all come at once', () => {
    const { socket, written, messages, give } = loop();
    write(socket);
    give(written());
    expect(messages).toEqual(sent);
  });

  it('come as they were sent wherever the stream is cut', () => {
    const { length } = ((it) => (write(it.socket), it.written()))(loop());
    for (let size = 1; size < length; size++) {
      const { socket, written, messages, give } = loop();
      write(socket);
      for (let at = 0; at < length; at += size) give(written().subarray(at, at + size));
      expect(messages).toEqual(sent);
    }
  });

  it('are given only when they are whole', () => {
    const { socket, written, messages, give } = loop();
    writeJson(socket, 'a');
    give(written().subarray(0, -1));
    expect(messages).toEqual([]);
  });
});
