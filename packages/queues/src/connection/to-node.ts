/** A connection as a stream of Node. `node:stream` is loaded with the first one: nobody else pays for it. */
import type { Duplex, DuplexOptions } from 'node:stream';
import type { StreamedConnection } from './streamed.js';

/** What is buffered in the stream: nothing that was not asked for, and one chunk until it is sent. */
const READ_AHEAD = 0;
const WRITE_BEHIND = 1;

/** Options of `Duplex` that its types leave out. */
interface Sides {
  readonly readable: boolean;
  readonly writable: boolean;
}

export function nodeStream(connection: StreamedConnection): Duplex {
  const streams = process.getBuiltinModule('node:stream');
  const sides: DuplexOptions & Sides = { objectMode: connection.objectMode, readable: connection.isReadable, writable: connection.isWritable };
  return new streams.Duplex({
    ...sides,
    readableHighWaterMark: READ_AHEAD,
    writableHighWaterMark: WRITE_BEHIND,
    read() {
      const onError = (error: Error): void => {
        // After a destroy, it is the end of this call and nothing else.
        if (!this.destroyed) this.destroy(error);
      };
      nextChunk(connection).then((chunk) => this.push(chunk), onError);
    },
    write(chunk, _encoding, done) {
      // A write that a destroy cut off is not what went wrong.
      connection.send(chunk).then(
        () => done(),
        (error: Error) => done(this.destroyed ? undefined : error),
      );
    },
    final(done) {
      connection.endWriting();
      done();
    },
    destroy(error, done) {
      connection.close();
      done(error);
    },
  });
}

/** Null is the end of file: that is how these streams tell it. */
async function nextChunk(connection: StreamedConnection): Promise<unknown> {
  for (;;) {
    const received = await connection.receive();
    if (received === undefined) return null;
    const { chunk } = received;
    if (connection.objectMode) {
      if (chunk === null) throw new TypeError('Connection.toNode: a null was received, which a stream of Node cannot carry: it would be its end. Use toWeb, or send it inside of an object.');
      return chunk;
    }
    // These streams have no empty chunks.
    if ((chunk as Buffer).length > 0) return chunk;
  }
}
