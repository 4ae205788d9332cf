import { createHash, randomFillSync } from 'node:crypto';
import { on, once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, type Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { ReadableStream, WritableStream } from 'node:stream/web';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ClosedError, InvalidStateError, SerializationError } from '@manycore/core';
import { encode } from '@manycore/core/internal';
import { BrokenPipeError, EOFError, Pipe, type Connection } from '@manycore/queues';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { socketPair } from './socket-pair.js';

const FILE_BYTES = 5 * 1024 * 1024 + 17;

/** A worker thread that does `part` with the connection (fixtures/stream-worker.mjs), whose copy here is closed. */
function inWorker(part: string, connection: Connection): { answer: Promise<unknown>; ended: Promise<unknown> } {
  const message = encode({ connection, part }, 'data');
  const worker = new Worker(new URL('./fixtures/stream-worker.mjs', import.meta.url), { workerData: Uint8Array.from(message.bytes.subarray(0, message.length)) });
  const ended = once(worker, 'exit');
  // Listens from here on: both may be delivered in one turn.
  const said = on(worker, 'message', { close: ['exit'] });
  const next = async (): Promise<unknown> => ((await said.next()).value as unknown[])[0];
  const answer = next().then(() => {
    connection.close();
    return next();
  });
  return { answer, ended };
}

function file(): { path: string; digest: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'streams-'));
  const path = join(folder, 'data');
  const bytes = randomFillSync(Buffer.allocUnsafe(FILE_BYTES));
  writeFileSync(path, bytes);
  return { path, digest: createHash('sha256').update(bytes).digest('hex'), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

/** Descriptors of this process but pipes: of those it keeps the doorbells it has rung. */
function openFiles(): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The one of this very listing.
      return 'pipe:';
    }
  });
  return links.filter((link) => !link.startsWith('pipe:')).length;
}

/** What is left to be read. Unlike \`for await\`, leaves the stream as it is. */
async function rest(stream: Duplex): Promise<string> {
  let all = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) all += String(chunk);
  return all;
}

describe.each([
  ['a pipe', (): [Connection, Connection] => Pipe()],
  [
    'a socket',
    async (): Promise<[Connection, Connection]> => {
      const { here, there } = await socketPair();
      return [here, there];
    },
  ],
])('streams over %s', (_name, make) => {
  it('toNode: end() is read as the end of file, receiving goes on, and after both the connection is closed', async () => {
    const [a, b] = await make();
    const [left, right] = [a.toNode(), b.toNode()];
    left.write('one');
    left.end('two');
    expect(await rest(right)).toBe('onetwo');
    expect(b.closed).toBe(false);
    right.end('back');
    expect(await rest(left)).toBe('back');
    await until(() => a.closed && b.closed, { what: 'both are closed' });
  });

  it('toWeb: close() is read as the end of file, receiving goes on, and after both the connection is closed', async () => {
    const [a, b] = await make();
    const [left, right] = [a.toWeb(), b.toWeb()];
    const writer = left.writable!.getWriter();
    await writer.write(Buffer.from('one'));
    await writer.write(Buffer.alloc(0));
    await writer.close();
    const chunks: string[] = [];
    for await (const chunk of right.readable!) chunks.push(Buffer.from(chunk).toString());
    expect(chunks).toEqual(['one', '']);
    await right.writable!.close();
    expect(b.closed).toBe(true);
    expect(a.closed).toBe(false);
    expect(await left.readable!.getReader().read()).toEqual({ done: true, value: undefined });
    expect(a.closed).toBe(true);
  });

  it('carries values, one a chunk, in object mode', async () => {
    const [a, b] = await make();
    const stream = a.toNode({ objectMode: true });
    const { readable } = b.toWeb({ objectMode: true });
    const values = [1, { two: [2] }, 'three', new Map([[4, 4n]])];
    for (const value of values) stream.write(value);
    stream.end();
    const got: unknown[] = [];
    for await (const value of readable!) got.push(value);
    expect(got).toEqual(values);
    stream.destroy();
    b.close();
  });

  it('passes messages larger than the pipe', async () => {
    const [a, b] = await make();
    const big = randomFillSync(Buffer.allocUnsafe(3 * 1024 * 1024));
    const left = a.toNode();
    left.end(big);
    expect(Buffer.compare(await buffer(b.toNode()), big)).toBe(0);
    left.destroy();
  });
});

describe('streams between threads', () => {
  it.each([['digests'], ['digestsWeb']])('a file goes through a pipe whole, and no descriptor is left behind (%s)', async (part) => {
    using source = file();
    const round = async (): Promise<void> => {
      const [reader, writer] = Pipe({ duplex: false });
      const { answer, ended } = inWorker(part, reader);
      await pipeline(createReadStream(source.path), writer.toNode());
      expect(await answer).toBe(source.digest);
      expect(writer.closed).toBe(true);
      await ended;
    };
    // What is kept for good is there after the first round.
    await round();
    const before = openFiles();
    await round();
    await until(() => openFiles() <= before, { what: 'every descriptor is given back' });
  });

  it('web streams are piped through a pipe of two threads', async () => {
    using source = file();
    const [reader, writer] = Pipe({ duplex: false });
    const { answer, ended } = inWorker('digestsWeb', reader);
    const { readable, writable } = writer.toWeb();
    expect(readable).toBeUndefined();
    await (Readable.toWeb(createReadStream(source.path)) as ReadableStream<Uint8Array>).pipeTo(writable!);
    expect(await answer).toBe(source.digest);
    expect(writer.closed).toBe(true);
    await ended;
  });

  it('goes through another thread and back, in both modes', async () => {
    for (const [part, objectMode, sent, wanted] of [
      ['shouts', false, ['a', 'b', 'c'].map((one) => Buffer.from(one)), ['A', 'B', 'C']],
      ['adds', true, [{ n: 1 }, { n: 2 }], [{ n: 2 }, { n: 3 }]],
    ] as const) {
      const [ours, theirs] = Pipe();
      const { answer, ended } = inWorker(part, theirs);
      const stream = ours.toNode({ objectMode });
      const got: unknown[] = [];
      stream.on('data', (chunk: unknown) => got.push(objectMode ? chunk : String(chunk)));
      for (const chunk of sent) stream.write(chunk);
      stream.end();
      await finished(stream);
      expect(got).toEqual(wanted);
      expect(await answer).toBe(true);
      expect(ours.closed).toBe(true);
      await ended;
    }
  });
});

describe('toNode', () => {
  it('receives only what is read, and a write is done when its message is in the pipe', async () => {
    const [a, b] = Pipe();
    const left = a.toNode();
    const right = b.toNode();
    const piece = Buffer.alloc(200_000);
    let done = 0;
    for (let i = 0; i < 8; i++) left.write(piece, () => done++);
    expect(left.writableNeedDrain).toBe(true);
    await until(() => done >= 4, { what: 'the pipe is full' });
    for (let i = 0; i < 5; i++) await turn();
    expect(done).toBeLessThan(8);
    // Nobody has read: nothing was received.
    expect(right.readableLength).toBe(0);
    let received = 0;
    right.on('data', (chunk: Buffer) => (received += chunk.length));
    left.end();
    await finished(right, { writable: false });
    expect([done, received]).toEqual([8, 1_600_000]);
    right.destroy();
  });

  it('of a one-way end has one side only', async () => {
    const [a, b] = Pipe({ duplex: false });
    const [reader, writer] = [a.toNode(), b.toNode()];
    expect([reader.readable, reader.writable, writer.readable, writer.writable]).toEqual([true, false, false, true]);
    writer.end('x');
    expect(await text(reader)).toBe('x');
    await until(() => a.closed && b.closed, { what: 'both are closed' });
  });

  it('is errored by BrokenPipeError when nobody reads any more', async () => {
    const [a, b] = Pipe({ duplex: false });
    const stream = b.toNode();
    a.close();
    stream.write('x');
    await expect(finished(stream)).rejects.toThrow(BrokenPipeError);
    expect(b.closed).toBe(true);
    const [c, d] = Pipe();
    c.close();
    await expect(pipeline(Readable.from(['x']), d.toNode())).rejects.toThrow(BrokenPipeError);
    expect(d.closed).toBe(true);
  });

  it('is errored by what a call throws: a value that cannot be sent, a message of the other kind, a connection that was closed', async () => {
    const errorOf = async (stream: Duplex): Promise<unknown> => (await once(stream, 'error'))[0];
    const [a, b] = Pipe();
    const stream = a.toNode({ objectMode: true });
    stream.write(() => undefined);
    expect(await errorOf(stream)).toBeInstanceOf(SerializationError);
    expect(() => b.recvSync()).toThrow(EOFError);
    b.close();

    const [c, d] = Pipe();
    c.sendSync('a value');
    const bytes = d.toNode();
    bytes.resume();
    expect(await errorOf(bytes)).toBeInstanceOf(InvalidStateError);
    c.close();

    const [e, f] = Pipe();
    const closed = e.toNode();
    closed.resume();
    await turn();
    e.close();
    expect(await errorOf(closed)).toBeInstanceOf(ClosedError);
    f.close();

    const [g, h] = Pipe();
    const nulls = g.toNode({ objectMode: true });
    nulls.resume();
    h.sendSync(null);
    expect(await errorOf(nulls)).toBeInstanceOf(TypeError);
    h.close();
  });

  it('destroy() closes the connection while it reads and writes, without another error', async () => {
    const [a, b] = Pipe();
    const stream = a.toNode();
    stream.resume();
    stream.write(Buffer.alloc(2_000_000));
    await turn();
    stream.destroy();
    await once(stream, 'close');
    expect(a.closed).toBe(true);
    expect(stream.errored).toBeNull();
    expect(() => b.recvBytesSync()).toThrow(EOFError);
    b.close();
    const [c, d] = Pipe();
    const reason = new Error('enough');
    const other = c.toNode();
    other.destroy(reason);
    expect((await once(other, 'error'))[0]).toBe(reason);
    expect(c.closed).toBe(true);
    d.close();
  });

  it('leaving for await destroys it', async () => {
    const [a, b] = Pipe();
    b.sendBytesSync(Buffer.from('x'));
    for await (const chunk of a.toNode()) {
      expect(String(chunk)).toBe('x');
      break;
    }
    expect(a.closed).toBe(true);
    b.close();
  });

  it('passes over empty messages, in byte mode', async () => {
    const [a, b] = Pipe({ duplex: false });
    for (const one of ['', 'x', '', '', 'y', '']) b.sendBytesSync(Buffer.from(one));
    b.close();
    const chunks: string[] = [];
    for await (const chunk of a.toNode()) chunks.push(String(chunk));
    expect(chunks).toEqual(['x', 'y']);
  });
});

describe('toWeb', () => {
  it('receives only what is read, and a write is done when its message is in the pipe', async () => {
    const [a, b] = Pipe();
    const left = a.toWeb({ objectMode: true });
    const right = b.toWeb({ objectMode: true });
    const writer = left.writable!.getWriter();
    let done = 0;
    for (let i = 0; i < 8; i++) void writer.write('x'.repeat(200_000)).then(() => done++);
    expect(writer.desiredSize).toBeLessThan(0);
    await until(() => done >= 4, { what: 'the pipe is full' });
    for (let i = 0; i < 5; i++) await turn();
    expect(done).toBeLessThan(8);
    const closing = writer.close();
    let received = 0;
    for await (const value of right.readable!) received += (value as string).length;
    await closing;
    expect([done, received]).toEqual([8, 1_600_000]);
    a.close();
    b.close();
  });

  it('of a one-way end has one stream only', async () => {
    const [a, b] = Pipe({ duplex: false });
    const [reader, writer] = [a.toWeb(), b.toWeb()];
    expect(reader.writable).toBeUndefined();
    expect(writer.readable).toBeUndefined();
    await writer.writable!.close();
    expect(b.closed).toBe(true);
    expect(await reader.readable!.getReader().read()).toEqual({ done: true, value: undefined });
    expect(a.closed).toBe(true);
  });

  it('errors the writable by BrokenPipeError when nobody reads any more; the readable reads the end', async () => {
    const [a, b] = Pipe();
    const { readable, writable } = b.toWeb();
    a.close();
    const writer = writable!.getWriter();
    const closed = writer.closed.catch((error: unknown) => error);
    await expect(writer.write(Buffer.from('x'))).rejects.toThrow(BrokenPipeError);
    expect(await closed).toBeInstanceOf(BrokenPipeError);
    expect(b.closed).toBe(false);
    expect((await readable!.getReader().read()).done).toBe(true);
    expect(b.closed).toBe(true);
  });

  it('errors the readable by what a call throws, and the writable goes on', async () => {
    const [a, b] = Pipe();
    const { readable, writable } = b.toWeb();
    a.sendSync('a value');
    await expect(readable!.getReader().read()).rejects.toThrow(InvalidStateError);
    const writer = writable!.getWriter();
    await writer.write(Buffer.from('still'));
    expect(String(a.recvBytesSync())).toBe('still');
    await expect(writer.write('no bytes' as never)).rejects.toThrow(TypeError);
    expect(b.closed).toBe(true);
    a.close();
  });

  it('cancel() and abort() end a call that waits, and close the connection once both directions are over', async () => {
    const [a, b] = Pipe();
    const { readable, writable } = a.toWeb();
    const reader = readable!.getReader();
    const read = reader.read();
    await reader.cancel('enough');
    expect((await read).done).toBe(true);
    expect(a.closed).toBe(false);
    const writer = writable!.getWriter();
    await writer.write(Buffer.from('x'));
    const waiting = writer.write(Buffer.alloc(2_000_000));
    await turn();
    const aborted = writer.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow();
    await aborted;
    expect(a.closed).toBe(true);
    expect(String(b.recvBytesSync())).toBe('x');
    expect(() => b.recvBytesSync()).toThrow(EOFError);
    b.close();
  });

  it('is the middle of a chain: pipeThrough and pipeTo', async () => {
    const [ours, theirs] = Pipe();
    const echo = theirs.toWeb();
    const echoing = echo.readable!.pipeTo(echo.writable!);
    const { readable, writable } = ours.toWeb();
    const got: string[] = [];
    const sink = new WritableStream<Uint8Array>({ write: (chunk) => void got.push(Buffer.from(chunk).toString()) });
    await new ReadableStream<Uint8Array>({
      start(controller) {
        for (const one of ['a', 'b']) controller.enqueue(Buffer.from(one));
        controller.close();
      },
    })
      .pipeThrough({ readable: readable!, writable: writable! })
      .pipeTo(sink);
    await echoing;
    expect(got).toEqual(['a', 'b']);
    expect([ours.closed, theirs.closed]).toEqual([true, true]);
  });
});

describe.each(['toNode', 'toWeb'] as const)('%s', (call) => {
  it('refuses a connection that is a stream already, is closed, or options that are none', () => {
    const [a, b] = Pipe();
    for (const bad of [null, 5, 'x', { objectMode: 1 }]) expect(() => a[call](bad as never)).toThrow(TypeError);
    a[call]();
    expect(() => a.toNode()).toThrow(InvalidStateError);
    expect(() => a.toWeb()).toThrow(InvalidStateError);
    a.close();
    b.close();
    expect(() => b[call]()).toThrow(ClosedError);
  });
});
