import { inspect } from 'node:util';
import { setImmediate as turn } from 'node:timers/promises';
import { ClosedError, InvalidStateError, memoryUsage, SerializationError, sharedBuffer, TimeoutError, transfer } from '@manycore/core';
import { BrokenPipeError, BufferTooShortError, Connection, EOFError, MessageTooLongError, Pipe, Queue } from '@manycore/queues';
import { SHORT } from '@manycore/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const KIB = 1024;
/** More than the ring holds. */
const LARGE = 3 * KIB * KIB + 17;

function pattern(bytes: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i++) buffer[i] = (i * 31 + seed * 7 + (i >>> 10)) & 255;
  return buffer;
}

/** Whether a promise is still pending after the event loop has gone round some times. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let i = 0; i < 20; i++) await turn();
  return !settled;
}

describe('Pipe in one thread', () => {
  it('carries values both ways, in order, through every form', async () => {
    const [a, b] = Pipe();
    await a.send({ n: 1 });
    a.sendSync([2]);
    expect([await b.recv(), b.recvSync()]).toEqual([{ n: 1 }, [2]]);
    await b.send('back');
    b.sendSync(undefined);
    expect(a.recvSync()).toBe('back');
    expect(await a.recv()).toBeUndefined();
  });

  it('carries bytes as they are, parts of buffers and empty messages too', async () => {
    const [a, b] = Pipe();
    await a.sendBytes(Buffer.from('hello'));
    a.sendBytesSync(new Uint16Array([0x4241, 0x4443]), 1, 2);
    await a.sendBytes(Buffer.alloc(0));
    a.sendBytesSync(new Uint8Array([9, 8, 7]).buffer, 1);
    expect((await b.recvBytes()).toString()).toBe('hello');
    expect(b.recvBytesSync().toString()).toBe('BC');
    expect(b.recvBytesSync()).toHaveLength(0);
    expect([...(await b.recvBytes())]).toEqual([8, 7]);
  });

  it.each([0, 1, 511, 512, 513, 61_439, 61_440, 61_441, 65_536, 122_880, 122_881, 960 * KIB, LARGE, 64 * KIB * KIB])('carries %i bytes whole', async (bytes) => {
    const [a, b] = Pipe();
    const message = pattern(bytes);
    const sending = a.sendBytes(message);
    const received = await b.recvBytes();
    await sending;
    expect(received.equals(message)).toBe(true);
  });

  it('carries values larger than the ring, with what they mention', async () => {
    const [a, b] = Pipe();
    const shared = sharedBuffer(8);
    const queue = new Queue<number>();
    const sending = a.send({ text: 'x'.repeat(LARGE), shared, queue });
    const got = (await b.recv()) as { text: string; shared: Uint8Array; queue: Queue<number> };
    await sending;
    expect(got.text).toHaveLength(LARGE);
    got.shared[3] = 7;
    expect(shared[3]).toBe(7);
    got.queue.putSync(5);
    expect(queue.getSync()).toBe(5);
  });

  it('carries large buffers of a value whole, each in memory of its own, as they were at the call', async () => {
    const [a, b] = Pipe();
    const doubles = new Float64Array(200_000).map((_, i) => i / 3);
    const value = { doubles, again: doubles.buffer, odd: new Uint8Array(pattern(70_001)), rest: pattern(2 * KIB * KIB), small: [1] };
    const expected = structuredClone(value);
    const sending = a.send(value);
    doubles.fill(0);
    value.rest.fill(0);
    const got = (await b.recv()) as typeof value;
    await sending;
    expect(Buffer.from(got.doubles.buffer).equals(Buffer.from(expected.doubles.buffer))).toBe(true);
    expect(got.again).toBe(got.doubles.buffer);
    expect(Buffer.from(got.odd).equals(expected.odd)).toBe(true);
    expect(got.rest.equals(expected.rest)).toBe(true);
    expect([got.rest.buffer.byteLength, got.small]).toEqual([2 * KIB * KIB, [1]]);
  });

  it('behaves as two lists do, whatever is sent and received in whatever order', async () => {
    const step = fc.record({ end: fc.constantFrom(0, 1), what: fc.oneof(fc.record({ bytes: fc.integer({ min: 0, max: 90_000 }) }), fc.record({ value: fc.jsonValue() }), fc.constant('receive' as const)) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const ends = Pipe();
        const model: unknown[][] = [[], []];
        for (const { end, what } of steps) {
          const connection = ends[end] as Connection;
          const outbox = model[end] as unknown[];
          const inbox = model[1 - end] as unknown[];
          if (what === 'receive') {
            expect(await connection.poll()).toBe(inbox.length > 0);
            if (inbox.length === 0) continue;
            const next = inbox.shift();
            if (Buffer.isBuffer(next)) expect((await connection.recvBytes()).equals(next)).toBe(true);
            else expect(await connection.recv()).toEqual(structuredClone(next));
          } else if (outbox.reduce((sum: number, item) => sum + (Buffer.isBuffer(item) ? item.length : 1000), 0) < 10_000) {
            // A hundred kilobytes always fit, wherever in its segments the ring is.
            const message = 'bytes' in what ? pattern(what.bytes, outbox.length) : what.value;
            if (Buffer.isBuffer(message)) connection.sendBytesSync(message);
            else connection.sendSync(message);
            outbox.push(message);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('does not see what happens to the bytes after the call', async () => {
    const [a, b] = Pipe();
    const message = pattern(LARGE);
    const expected = Buffer.from(message);
    const sending = a.sendBytes(message);
    message.fill(0);
    expect((await b.recvBytes()).equals(expected)).toBe(true);
    await sending;
  });

  it('makes a promise wait while the ring is full, and a later one behind it', async () => {
    const [a, b] = Pipe<Buffer | number>();
    const first = a.sendBytes(pattern(LARGE));
    const second = a.send(2);
    expect(await isPending(first)).toBe(true);
    expect(await isPending(second)).toBe(true);
    expect(await b.recvBytes()).toHaveLength(LARGE);
    expect(await b.recv()).toBe(2);
    await Promise.all([first, second]);
  });

  it('has a blocking call complete what promises wait for, in the order of the calls', async () => {
    const [a, b] = Pipe<Buffer | number>();
    const received = [b.recv(), b.recv()];
    expect(await isPending(received[0] as Promise<unknown>)).toBe(true);
    for (const value of [1, 2, 3]) a.sendSync(value);
    expect(b.recvSync()).toBe(3);
    expect(await Promise.all(received)).toEqual([1, 2]);
  });

  it('never confuses a large message with one that is sent blocking behind it', async () => {
    const [a, b] = Pipe<Buffer | number>({ duplex: false });
    // Both connections over one end of this thread share what is underway.
    const carrier = new Queue<Connection>();
    carrier.putSync(b as Connection);
    const other = carrier.getSync();
    const large = pattern(800 * KIB);
    const larger = other.sendBytes(pattern(600 * KIB));
    const sending = b.sendBytes(large);
    expect(await isPending(sending)).toBe(true);
    expect(await a.recvBytes()).toHaveLength(600 * KIB);
    expect((await a.recvBytes()).equals(large)).toBe(true);
    await Promise.all([larger, sending]);
    other.sendSync(5);
    expect(a.recvSync()).toBe(5);
  });
});

describe('The ends of a pipe', () => {
  it('one way: the first one only reads, the second one only writes', async () => {
    const [reader, writer] = Pipe({ duplex: false });
    expect([reader.readable, reader.writable, writer.readable, writer.writable]).toEqual([true, false, false, true]);
    await writer.send(1);
    expect(await reader.recv()).toBe(1);
    await expect(reader.send(1 as never)).rejects.toThrow(InvalidStateError);
    expect(() => reader.sendBytesSync(Buffer.from('x'))).toThrow(InvalidStateError);
    await expect(writer.recv()).rejects.toThrow(InvalidStateError);
    await expect(writer.poll()).rejects.toThrow('only writes');
    expect(() => writer.recvBytesSync()).toThrow(InvalidStateError);
  });

  it('give what was sent before the end, then EOFError; sending gives BrokenPipeError', async () => {
    const [a, b] = Pipe();
    await a.send('last');
    a.close();
    expect(await b.poll()).toBe(true);
    expect(await b.recv()).toBe('last');
    expect(b.pollSync()).toBe(true);
    await expect(b.recv()).rejects.toThrow(EOFError);
    expect(() => b.recvBytesSync()).toThrow(EOFError);
    await expect(b.send(1)).rejects.toThrow(BrokenPipeError);
    expect(() => b.sendSync(1)).toThrow(BrokenPipeError);
  });

  it('wake whoever waits when they are closed', async () => {
    const [a, b] = Pipe();
    const receiving = expect(b.recv()).rejects.toThrow(EOFError);
    const polling = expect(b.poll({ timeout: Infinity })).resolves.toBe(true);
    const [c, d] = Pipe();
    const sending = expect(c.sendBytes(pattern(LARGE))).rejects.toThrow(BrokenPipeError);
    await turn();
    a.close();
    d.close();
    await Promise.all([receiving, polling, sending]);
  });

  it('end pending calls of the connection that is closed itself', async () => {
    const [a, b] = Pipe();
    const receiving = expect(a.recv()).rejects.toThrow(ClosedError);
    const sending = expect(a.sendBytes(pattern(LARGE))).rejects.toThrow(ClosedError);
    await turn();
    a.close();
    await Promise.all([receiving, sending]);
    // The large message never came to an end.
    await expect(b.recvBytes()).rejects.toThrow(EOFError);
  });

  it('end pending calls of a closed connection at once, also behind those of another one over the same end', async () => {
    const [a, b] = Pipe<Buffer | number>();
    const carrier = new Queue<Connection>();
    carrier.putSync(a as Connection);
    const other = carrier.getSync();
    const receiving = a.recv();
    const closedCalls = [other.recv(), other.poll({ timeout: Infinity })];
    const sending = a.sendBytes(pattern(LARGE));
    closedCalls.push(other.send(1));
    await turn();
    other.close();
    for (const call of closedCalls) await expect(call).rejects.toThrow(ClosedError);
    expect(await isPending(receiving)).toBe(true);
    b.sendSync(5);
    expect(await receiving).toBe(5);
    expect(await b.recvBytes()).toHaveLength(LARGE);
    await sending;
  });

  it('refuse every use after close, and a second close does nothing', async () => {
    const [a] = Pipe();
    expect(a.closed).toBe(false);
    a.close();
    a.close();
    expect(a.closed).toBe(true);
    for (const call of [() => a.sendSync(1), () => a.recvSync(), () => a.sendBytesSync(Buffer.alloc(1)), () => a.recvBytesSync(), () => a.recvBytesIntoSync(Buffer.alloc(1)), () => a.pollSync(), () => a.readable]) expect(call).toThrow(ClosedError);
    for (const call of [a.send(1), a.recv(), a.sendBytes(Buffer.alloc(1)), a.recvBytes(), a.recvBytesInto(Buffer.alloc(1)), a.poll()]) await expect(call).rejects.toThrow(ClosedError);
  });

  it('say so instead of blocking for ever when the other end is open in the blocked thread alone', () => {
    const [a, b] = Pipe();
    expect(() => a.recvSync()).toThrow(/open in this very thread alone/);
    expect(() => a.pollSync({ timeout: Infinity })).toThrow(EOFError);
    expect(() => a.sendBytesSync(pattern(LARGE))).toThrow(BrokenPipeError);
    // What was given up in the middle is nothing; the pipe goes on.
    a.sendSync('next');
    expect(b.recvSync()).toBe('next');
  });

  it('are the same end wherever they arrive, and open until all have closed them', async () => {
    const [a, b] = Pipe();
    const [carrierA, carrierB] = Pipe<unknown>();
    await carrierA.send({ nested: [b] });
    b.close();
    const { nested } = (await carrierB.recv()) as { nested: Connection[] };
    const arrived = nested[0] as Connection;
    expect(arrived).toBeInstanceOf(Connection);
    await a.send(1);
    expect(await arrived.recv()).toBe(1);
    expect(await a.poll()).toBe(false);
    arrived.close();
    await expect(a.recv()).rejects.toThrow(EOFError);
  });

  it('stay open while a message carries them, and are closed when it is dropped', async () => {
    const [a, b] = Pipe();
    const carrier = new Queue();
    carrier.putSync(b);
    b.close();
    expect(await a.poll()).toBe(false);
    carrier.shutdown({ immediate: true });
    await a.send('nobody will read this');
    carrier.close();
  });

  it('are disposable, both ways', async () => {
    const pairs = [Pipe(), Pipe()] as const;
    {
      using first = pairs[0][0];
      await using second = pairs[1][0];
      expect([first.closed, second.closed]).toEqual([false, false]);
    }
    expect([pairs[0][0].closed, pairs[1][0].closed]).toEqual([true, true]);
  });

  it('give their memory back', () => {
    const before = memoryUsage();
    for (let i = 0; i < 200; i++) {
      const [a, b] = Pipe();
      a.sendBytesSync(pattern(100 * KIB));
      b.sendSync(i);
      a.close();
      b.close();
    }
    // The directions go with the garbage collector; the budget would refuse before that matters.
    globalThis.gc?.();
    expect(memoryUsage().chargedBytes - before.chargedBytes).toBeLessThan(200 * 1024 * KIB);
  });
});

describe('Receiving', () => {
  it('refuses a message of the other kind and leaves it where it is', async () => {
    const [a, b] = Pipe();
    await a.sendBytes(Buffer.from('bytes'));
    await a.send('value');
    await expect(b.recv()).rejects.toThrow(/sent by sendBytes/);
    expect(() => b.recvSync()).toThrow(InvalidStateError);
    expect((await b.recvBytes()).toString()).toBe('bytes');
    expect(() => b.recvBytesSync()).toThrow(/sent by send/);
    expect(await b.recv()).toBe('value');
  });

  it('refuses a message longer than maxLength, whole or in parts', async () => {
    for (const bytes of [100, LARGE]) {
      const [a, b] = Pipe();
      const sending = a.sendBytes(pattern(bytes));
      sending.catch(() => undefined);
      await expect(b.recvBytes({ maxLength: 99 })).rejects.toThrow(MessageTooLongError);
      b.close();
      await sending.catch((error: unknown) => expect(error).toBeInstanceOf(BrokenPipeError));
    }
    const [a, b] = Pipe();
    a.sendBytesSync(pattern(99));
    expect(b.recvBytesSync({ maxLength: 99 })).toHaveLength(99);
  });

  it('receives no more through a connection that refused a message for its length', async () => {
    const [a, b] = Pipe();
    a.sendBytesSync(pattern(100));
    a.sendSync('next');
    expect(() => b.recvBytesSync({ maxLength: 10 })).toThrow(MessageTooLongError);
    await expect(b.recv()).rejects.toThrow(InvalidStateError);
    expect(b.readable).toBe(false);
    b.sendSync('still sends');
    expect(a.recvSync()).toBe('still sends');
    const [reader, writer] = Pipe({ duplex: false });
    writer.sendBytesSync(pattern(100));
    expect(() => reader.recvBytesSync({ maxLength: 10 })).toThrow(MessageTooLongError);
    expect(reader.closed).toBe(true);
  });

  it('puts bytes into a buffer, from an offset', async () => {
    const [a, b] = Pipe();
    const buffer = Buffer.alloc(10);
    a.sendBytesSync(Buffer.from('abc'));
    expect(await b.recvBytesInto(buffer, 2)).toBe(3);
    a.sendBytesSync(Buffer.from('xyz'));
    expect(b.recvBytesIntoSync(new Uint8Array(buffer.buffer, buffer.byteOffset, 10), 7)).toBe(3);
    expect(buffer.toString('latin1')).toBe('\0\0abc\0\0xyz');
    const large = pattern(LARGE);
    const into = sharedBuffer(LARGE);
    const sending = a.sendBytes(large);
    expect(await b.recvBytesInto(into)).toBe(LARGE);
    await sending;
    expect(Buffer.compare(into, large)).toBe(0);
  });

  it('loses nothing when the buffer is too short', async () => {
    for (const bytes of [100, LARGE]) {
      const [a, b] = Pipe();
      const message = pattern(bytes);
      const sending = a.sendBytes(message);
      const error = await b.recvBytesInto(Buffer.alloc(99)).then(
        () => undefined,
        (reason: unknown) => reason as BufferTooShortError,
      );
      await sending;
      expect(error).toBeInstanceOf(BufferTooShortError);
      expect(error?.data.equals(message)).toBe(true);
    }
  });

  it('throws TimeoutError when nothing comes, and consumes nothing', async () => {
    const [a, b] = Pipe();
    await expect(b.recv({ timeout: SHORT })).rejects.toThrow(TimeoutError);
    await expect(b.recv({ timeout: 0 })).rejects.toThrow(TimeoutError);
    expect(() => b.recvSync({ timeout: SHORT })).toThrow(`within ${SHORT} ms`);
    expect(() => b.recvBytesSync({ timeout: -1 })).toThrow(TimeoutError);
    expect(await b.poll({ timeout: SHORT })).toBe(false);
    expect(b.pollSync({ timeout: SHORT })).toBe(false);
    await a.send(1);
    expect(await b.recv({ timeout: 0 })).toBe(1);
  });

  it('throws TimeoutError when there is no room, and sends nothing', async () => {
    const [a, b] = Pipe<Buffer | string>();
    await expect(a.sendBytes(pattern(LARGE), 0, LARGE, { timeout: SHORT })).rejects.toThrow(TimeoutError);
    expect(() => a.sendBytesSync(pattern(LARGE), 0, LARGE, { timeout: SHORT })).toThrow('no room');
    await a.send('next');
    expect(await b.recv()).toBe('next');
  });

  it('rejects with the reason of the signal, and keeps what was underway for the next call', async () => {
    const [a, b] = Pipe();
    const reason = new Error('changed my mind');
    await expect(b.recv({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const into = Buffer.alloc(LARGE);
    const stop = new AbortController();
    const message = pattern(LARGE);
    const sending = a.sendBytes(message);
    const receiving = b.recvBytesInto(into, 0, { signal: stop.signal });
    stop.abort(reason);
    await expect(receiving).rejects.toBe(reason);
    into.fill(0);
    expect((await b.recvBytes()).equals(message)).toBe(true);
    await sending;
  });

  it('drops what an aborted send had begun', async () => {
    const [a, b] = Pipe<Buffer | string>();
    const stop = new AbortController();
    const receiving = b.recv();
    const sending = a.sendBytes(pattern(LARGE), 0, LARGE, { signal: stop.signal });
    stop.abort(new Error('stop'));
    await expect(sending).rejects.toThrow('stop');
    await a.send('next');
    expect(await receiving).toBe('next');
  });

  it('iterates until the end of file', async () => {
    const [a, b] = Pipe<number>();
    for (const value of [1, 2, 3]) a.sendSync(value);
    a.close();
    const values: number[] = [];
    for await (const value of b) values.push(value);
    expect(values).toEqual([1, 2, 3]);
  });
});

describe('Arguments', () => {
  it('refuses what is no option, no bytes, and no place in a buffer', async () => {
    const [a, b] = Pipe();
    expect(() => Pipe({ duplex: 1 as never })).toThrow(TypeError);
    expect(() => Pipe(true as never)).toThrow(TypeError);
    await expect(a.sendBytes('text' as never)).rejects.toThrow(TypeError);
    expect(() => a.sendBytesSync(Buffer.alloc(4), 5)).toThrow(RangeError);
    expect(() => a.sendBytesSync(Buffer.alloc(4), -1)).toThrow(RangeError);
    expect(() => a.sendBytesSync(Buffer.alloc(4), 2, 3)).toThrow(RangeError);
    expect(() => a.sendBytesSync(Buffer.alloc(4), 0, 1.5)).toThrow(RangeError);
    await expect(b.recvBytes({ maxLength: -1 })).rejects.toThrow(RangeError);
    await expect(b.recvBytesInto(Buffer.alloc(1), 2)).rejects.toThrow(RangeError);
    await expect(b.recv({ timeout: Number.NaN })).rejects.toThrow(TypeError);
    await expect(b.recv({ timeout: 0 })).rejects.toThrow(TimeoutError);
  });

  it('refuses a value that cannot be sent, and sends nothing', async () => {
    const [a, b] = Pipe();
    await expect(a.send({ f: () => 1 })).rejects.toThrow(SerializationError);
    expect(() => a.sendSync(Symbol('s'))).toThrow(SerializationError);
    expect(await b.poll()).toBe(false);
  });

  it('gives away what is marked so', async () => {
    const [a, b] = Pipe();
    const bytes = new Uint8Array(1000).fill(3);
    await a.send(transfer(bytes));
    expect(bytes).toHaveLength(0);
    expect(await b.recv()).toEqual(new Uint8Array(1000).fill(3));
  });

  it('shows its state', () => {
    const [reader, writer] = Pipe({ duplex: false });
    expect(inspect(reader)).toBe('<Connection(pipe, only reads)>');
    expect(inspect(writer)).toBe('<Connection(pipe, only writes)>');
    expect(inspect(Pipe()[0])).toBe('<Connection(pipe)>');
    writer.close();
    expect(inspect(writer)).toBe('<Connection(closed)>');
  });
});
