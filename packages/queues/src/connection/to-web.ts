/** A connection as web streams. Their classes are globals that the runtime loads at their first use: nobody else pays for them. */
import type { ReadableStream, WritableStream, WritableStreamDefaultController } from 'node:stream/web';
import type { StreamedConnection } from './streamed.js';

/** What `toWeb` returns. A direction that the connection does not have is undefined. */
export interface WebStreams<Received, Sent> {
  readonly readable: ReadableStream<Received> | undefined;
  readonly writable: WritableStream<Sent> | undefined;
}

export function webStreams(connection: StreamedConnection): WebStreams<unknown, unknown> {
  return {
    readable: connection.isReadable ? readableOf(connection) : undefined,
    writable: connection.isWritable ? writableOf(connection) : undefined,
  };
}

/** A controller as it is: its types leave out what ends a write that waits when the stream is aborted. */
type Abortable = WritableStreamDefaultController & { readonly signal?: AbortSignal };

function readableOf(connection: StreamedConnection): ReadableStream {
  const cancelled = new AbortController();
  return new globalThis.ReadableStream<unknown>(
    {
      async pull(controller) {
        let received;
        try {
          received = await connection.receive(cancelled.signal);
        } catch (error) {
          connection.endReading();
          throw error;
        }
        if (received !== undefined) {
          controller.enqueue(received.chunk);
          return;
        }
        connection.endReading();
        controller.close();
      },
      cancel() {
        cancelled.abort();
        connection.endReading();
      },
    },
    // Nothing is received that was not asked for.
    { highWaterMark: 0 },
  );
}

function writableOf(connection: StreamedConnection): WritableStream {
  return new globalThis.WritableStream<unknown>(
    {
      async write(chunk, controller: Abortable) {
        try {
          await connection.send(chunk, controller.signal);
        } catch (error) {
          connection.endWriting();
          throw error;
        }
      },
      close() {
        connection.endWriting();
      },
      abort() {
        connection.endWriting();
      },
    },
    { highWaterMark: 1 },
  );
}
