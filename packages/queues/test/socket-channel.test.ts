import { native, UNIX } from '@manycore/core/internal';
import { BrokenPipeError, EOFError, Listener } from '@manycore/queues';
import { describe, expect, it } from 'vitest';
import { RawMessage } from '../src/connection/bytes.js';
import { SocketChannel } from '../src/socket/socket-channel.js';

const MIB = 1024 * 1024;

describe('the end of writing', () => {
  it('is told after what waits to be sent; receiving goes on', async () => {
    using listener = await Listener.open();
    const fd = native().connectSocket(UNIX, Buffer.from(listener.address as string));
    const channel = new SocketChannel(fd, 'test', MIB);
    using conn = await listener.accept();
    const sending = channel.send('bytes', new RawMessage(Buffer.alloc(8 * MIB)), Infinity, undefined);
    channel.endWriting();
    channel.endWriting();
    expect(channel.isWritable).toBe(false);
    expect((await conn.recvBytes()).length).toBe(8 * MIB);
    expect(await sending).toBe(true);
    await expect(conn.recvBytes()).rejects.toBeInstanceOf(EOFError);
    await conn.sendBytes(Buffer.from('back'));
    const message = await channel.receive({ kind: 'bytes', maxLength: Infinity }, Infinity, undefined);
    expect(String(message!.bytes)).toBe('back');
    const late = (async () => channel.send('bytes', new RawMessage(Buffer.alloc(1)), Infinity, undefined))();
    await expect(late).rejects.toSatisfy((error) => BrokenPipeError.isInstance(error));
    channel.close();
  });
});

describe('descriptors', () => {
  it('are refused by the addon where the part is outside of the bytes', () => {
    const addon = native();
    const bytes = Buffer.alloc(10);
    for (const [offset, length] of [[-1, 1], [0, 11], [10, 1], [NaN, 1], [5, -1]] as [number, number][]) {
      expect(() => addon.readSocket(-1, bytes, offset, length)).toThrow(/part of the bytes/);
      expect(() => addon.writeSocket(-1, bytes, offset, length)).toThrow(/part of the bytes/);
    }
    expect(() => addon.readSocket(-1, new Int32Array(4) as never, 0, 1)).toThrow(/Uint8Array/);
    expect(addon.readSocket(-1, bytes, 0, 1)).toBeLessThan(0);
  });
});
