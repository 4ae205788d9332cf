import { createHmac } from 'node:crypto';
import { InvalidStateError, SerializationError, TimeoutError } from '@manycore/core';
import { BrokenPipeError, Client, ConnectionError, EOFError, Listener, MessageTooLongError, type Connection } from '@manycore/queues';
import { describe, expect, it } from 'vitest';
import { frame, RawPeer, rawListener } from './raw-peer.js';

const MIB = 1024 * 1024;

/** A connection whose other side is made of bytes. */
async function pair(options: { maxMessageBytes?: number } = {}): Promise<{ listener: Listener; conn: Connection; peer: RawPeer } & AsyncDisposable> {
  const listener = await Listener.open(options);
  const accepting = listener.accept();
  const peer = await RawPeer.connect(listener.address);
  const conn = await accepting;
  return {
    listener,
    conn,
    peer,
    [Symbol.asyncDispose]: async () => {
      conn.close();
      listener.close();
      await peer[Symbol.asyncDispose]();
    },
  };
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const uint64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

describe('frames', () => {
  it('a message is four bytes of length, big-endian, and its bytes; an empty one is a length only', async () => {
    await using both = await pair();
    await both.conn.sendBytes(Buffer.from('abc'));
    both.conn.sendBytesSync(Buffer.alloc(0));
    expect(await both.peer.take(11)).toEqual(Buffer.concat([int32(3), Buffer.from('abc'), int32(0)]));
  });

  it('messages are found however the stream is cut', async () => {
    await using both = await pair();
    const stream = Buffer.concat([frame('first'), frame(''), frame('x'.repeat(300)), frame('last')]);
    const got = [0, 1, 2, 3].map(() => both.conn.recvBytes());
    for (const byte of stream) {
      both.peer.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    expect((await Promise.all(got)).map(String)).toEqual(['first', '', 'x'.repeat(300), 'last']);
    both.peer.write(stream);
    expect(String(both.conn.recvBytesSync())).toBe('first');
    expect(both.conn.recvBytesSync().length).toBe(0);
    expect(String(await both.conn.recvBytes())).toBe('x'.repeat(300));
    expect(String(both.conn.recvBytesSync())).toBe('last');
  });

  it('the long form of a length is understood', async () => {
    await using both = await pair();
    both.peer.write(int32(-1), uint64(5n), 'hello', frame('next'));
    expect(String(await both.conn.recvBytes())).toBe('hello');
    expect(String(await both.conn.recvBytes())).toBe('next');
  });

  it('a length that is negative ends the connection on both sides', async () => {
    await using both = await pair();
    const waiting = [both.conn.recvBytes(), both.conn.recv()].map((promise) => promise.catch((error: unknown) => error));
    both.peer.write(int32(-2), 'whatever');
    const [first, second] = await Promise.all(waiting);
    expect(first).toBeInstanceOf(ConnectionError);
    expect(String(first)).toContain('-2 bytes');
    expect(second).toBeInstanceOf(ConnectionError);
    await both.peer.ended();
    expect(() => both.conn.sendBytesSync(Buffer.from('x'))).toThrow(BrokenPipeError);
    expect(() => both.conn.recvBytesSync()).toThrow(ConnectionError);
  });

  it.each([
    ['short', int32(0x7fff_ffff)],
    ['long', Buffer.concat([int32(-1), uint64(2n ** 63n)])],
    ['just above the limit', int32(64 * MIB + 1)],
  ])('a length beyond the limit is refused before anything is allocated, and nothing more is received: %s', async (_form, head) => {
    await using both = await pair();
    const before = process.memoryUsage().arrayBuffers;
    both.peer.write(head, Buffer.alloc(100));
    expect(await both.conn.poll({ timeout: 20_000 })).toBe(true);
    await expect(both.conn.recvBytes()).rejects.toBeInstanceOf(MessageTooLongError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MIB);
    await expect(both.conn.recvBytes()).rejects.toBeInstanceOf(InvalidStateError);
    expect(both.conn.readable).toBe(false);
    // It still sends.
    await both.conn.sendBytes(Buffer.from('still'));
    expect(String(await both.peer.frame())).toBe('still');
  });

  it('memory grows with what has come, not with what is announced', async () => {
    await using both = await pair();
    const before = process.memoryUsage().arrayBuffers;
    both.peer.write(int32(64 * MIB), Buffer.alloc(100_000));
    expect(await both.conn.poll({ timeout: 200 })).toBe(false);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * MIB);
  });

  it('maxMessageBytes moves the limit, and maxLength narrows it for one call', async () => {
    await using both = await pair({ maxMessageBytes: 10 });
    both.peer.write(frame('0123456789'), frame('abc'));
    expect(String(await both.conn.recvBytes({ maxLength: 10 }))).toBe('0123456789');
    expect(await both.conn.poll({ timeout: 20_000 })).toBe(true);
    await expect(both.conn.recvBytes({ maxLength: 2 })).rejects.toBeInstanceOf(MessageTooLongError);
    expect(both.conn.readable).toBe(false);
    await using other = await pair({ maxMessageBytes: 10 });
    other.peer.write(frame('0123456789a'));
    expect(() => other.conn.recvBytesSync()).toThrow(/maxMessageBytes/);
  });

  it('the end of file inside of a message says so, between messages it does not', async () => {
    await using both = await pair();
    both.peer.write(frame('whole'), int32(10), 'half');
    both.peer.socket.end();
    expect(String(await both.conn.recvBytes())).toBe('whole');
    const error = await both.conn.recvBytes().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EOFError);
    expect(String(error)).toContain('in the middle of a message');
    expect(await both.conn.poll()).toBe(true);
    await using other = await pair();
    other.peer.socket.end();
    const clean = await other.conn.recvBytes().catch((reason: unknown) => reason);
    expect(clean).toBeInstanceOf(EOFError);
    expect(String(clean)).not.toContain('in the middle');
    expect(() => other.conn.recvBytesSync()).toThrow(EOFError);
  });

  it('a message that came in part before a timeout is whole for the next call, in every form', async () => {
    await using both = await pair();
    both.peer.write(int32(6), 'abc');
    await expect(both.conn.recvBytes({ timeout: 30 })).rejects.toBeInstanceOf(TimeoutError);
    expect(() => both.conn.recvBytesSync({ timeout: 30 })).toThrow(TimeoutError);
    const controller = new AbortController();
    const waiting = both.conn.recvBytes({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    both.peer.write('def');
    expect(String(await both.conn.recvBytes())).toBe('abcdef');
  });

  it('nothing is read while nobody asks: the sender is held up', async () => {
    await using both = await pair();
    const sent = both.peer.socket;
    let isDrained = false;
    both.peer.write(int32(60 * MIB), Buffer.alloc(30 * MIB));
    sent.once('drain', () => (isDrained = true));
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    expect(isDrained).toBe(false);
    both.peer.write(Buffer.alloc(30 * MIB));
    expect((await both.conn.recvBytes()).length).toBe(60 * MIB);
  });

  it('what is no value of manycore is refused by recv, and consumed', async () => {
    await using both = await pair();
    for (const garbage of [Buffer.alloc(0), Buffer.alloc(4), Buffer.from([0x80, 5, 0x95, 0, 0, 0, 0]), Buffer.alloc(1000, 0xff)]) both.peer.write(frame(garbage));
    both.peer.write(frame('after'));
    for (let i = 0; i < 4; i++) await expect(both.conn.recv()).rejects.toBeInstanceOf(SerializationError);
    expect(String(await both.conn.recvBytes())).toBe('after');
  });
});

const KEY = 'k'.repeat(32);
const mac = (challenge: Buffer, key = KEY, digest = 'sha256'): Buffer => createHmac(digest, key).update(challenge).digest();

describe('the handshake, byte by byte', () => {
  it.each([
    ['sha256', 'sha256'],
    ['sha384', 'sha384'],
    ['sha3_256', 'sha3-256'],
    ['sha3_384', 'sha3-384'],
  ])('a listener challenges with {sha256} and 40 bytes, accepts an answer with %s, and answers with the digest it is asked for', async (python, node) => {
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept();
    await using peer = await RawPeer.connect(listener.address);
    const message = await peer.frame();
    expect(message.subarray(0, 19).toString()).toBe('#CHALLENGE#{sha256}');
    expect(message.length).toBe(19 + 40);
    peer.write(frame(Buffer.concat([Buffer.from(`{${python}}`), mac(message.subarray(11), KEY, node)])));
    expect(String(await peer.frame())).toBe('#WELCOME#');
    const challenge = Buffer.concat([Buffer.from(`{${python}}`), Buffer.alloc(40, 7)]);
    peer.write(frame(Buffer.concat([Buffer.from('#CHALLENGE#'), challenge])));
    expect(await peer.frame()).toEqual(Buffer.concat([Buffer.from(`{${python}}`), mac(challenge, KEY, node)]));
    peer.write(frame('#WELCOME#'), frame('data'));
    using conn = await accepting;
    expect(String(await conn.recvBytes())).toBe('data');
  });

  it('challenges are never the same', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept().catch(() => undefined);
    await using one = await RawPeer.connect(listener.address);
    await using other = await RawPeer.connect(listener.address);
    expect(await one.frame()).not.toEqual(await other.frame());
    listener.close();
    await accepting;
  });

  it('a wrong proof is told by #FAILURE#; accept rejects, and goes on', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept().catch((error: unknown) => error);
    await using peer = await RawPeer.connect(listener.address);
    const message = await peer.frame();
    peer.write(frame(Buffer.concat([Buffer.from('{sha256}'), mac(message.subarray(11), 'another')])));
    expect(String(await peer.frame())).toBe('#FAILURE#');
    await peer.ended();
    expect(String(await accepting)).toContain('has another authkey');
    const next = listener.accept();
    using client = await Client(listener.address, { authkey: KEY });
    (await next).close();
    expect(client.closed).toBe(false);
  });

  it.each([
    ['a bare HMAC-MD5, the form until 3.11', (m: Buffer) => mac(m, KEY, 'md5')],
    ['HMAC-MD5 with a name', (m: Buffer) => Buffer.concat([Buffer.from('{md5}'), mac(m, KEY, 'md5')])],
  ])('the right key is not enough: %s', async (_form, answer) => {
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept().catch((error: unknown) => error);
    await using peer = await RawPeer.connect(listener.address);
    peer.write(frame(answer((await peer.frame()).subarray(11))));
    expect(String(await peer.frame())).toBe('#FAILURE#');
    expect(String(await accepting)).toContain('HMAC-MD5');
  });

  it.each([
    ['a frame of 257 bytes', () => frame(Buffer.alloc(257))],
    ['a huge frame', () => int32(0x7fff_ffff)],
    ['a negative length', () => int32(-7)],
    ['an answer with an unknown digest', () => frame('{sha1}01234567890123456789')],
    ['an answer that is too short', () => frame('{sha256}0123456789')],
    ['no answer but text', () => frame('GET / HTTP/1.1')],
    ['an empty frame', () => frame('')],
  ])('a client that sends %s is dropped without disturbing accept', async (_what, bytes) => {
    using listener = await Listener.open({ authkey: KEY, backlog: 8 });
    const accepting = listener.accept();
    await using peer = await RawPeer.connect(listener.address);
    await peer.frame();
    peer.write(bytes());
    await peer.ended();
    using client = await Client(listener.address, { authkey: KEY });
    using conn = await accepting;
    await conn.sendBytes(Buffer.from('hello'));
    expect(String(await client.recvBytes())).toBe('hello');
  });

  it('a listener that answers the challenge of its client wrongly is refused', async () => {
    await using server = await rawListener();
    const connecting = Client(server.address, { authkey: KEY }).catch((error: unknown) => error);
    const peer = await server.next();
    const challenge = Buffer.concat([Buffer.from('{sha256}'), Buffer.alloc(40, 1)]);
    peer.write(frame(Buffer.concat([Buffer.from('#CHALLENGE#'), challenge])));
    expect(await peer.frame()).toEqual(Buffer.concat([Buffer.from('{sha256}'), mac(challenge)]));
    peer.write(frame('#WELCOME#'));
    const message = await peer.frame();
    peer.write(frame(Buffer.concat([Buffer.from('{sha256}'), mac(message.subarray(11), 'guessed')])));
    expect(String(await peer.frame())).toBe('#FAILURE#');
    expect(String(await connecting)).toMatch(/AuthenticationError.*has another authkey/);
  });

  it.each([
    ['an old challenge', Buffer.concat([Buffer.from('#CHALLENGE#'), Buffer.alloc(20, 1)]), /HMAC-MD5/],
    ['a challenge for MD5', Buffer.concat([Buffer.from('#CHALLENGE#{md5}'), Buffer.alloc(40, 1)]), /HMAC-MD5/],
    ['a challenge that is too short', Buffer.from('#CHALLENGE#abc'), /no part of a handshake/],
    ['a message', Buffer.from('hello'), /one side has a key and the other none/],
  ])('a client does not answer %s', async (_what, message, expected) => {
    await using server = await rawListener();
    const connecting = Client(server.address, { authkey: KEY }).catch((error: unknown) => error);
    const peer = await server.next();
    peer.write(frame(message));
    expect(String(await connecting)).toMatch(expected);
    await peer.ended();
    expect(peer.received.length).toBe(0);
  });

  it('a listener that goes away during the handshake is the end of file', async () => {
    await using server = await rawListener();
    const connecting = Client(server.address, { authkey: KEY }).catch((error: unknown) => error);
    (await server.next()).socket.end();
    expect(await connecting).toBeInstanceOf(EOFError);
  });

  it('a silent listener ends the client with its timeout, or its signal', async () => {
    await using server = await rawListener();
    await expect(Client(server.address, { authkey: KEY, timeout: 50 })).rejects.toBeInstanceOf(TimeoutError);
    const controller = new AbortController();
    const connecting = Client(server.address, { authkey: KEY, signal: controller.signal });
    await server.next();
    controller.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
  });
});
