/**
 * Large buffers between a pool and a worker that is a thread: moved through a port beside their link. Those that are given away are not copied at all, others once instead of twice. The buffers of a message go ahead,
 * under the number of its task; whoever reads a message that is MOVED (protocol.ts) finds them at the port, also without a turn of its event loop.
 *
 * A thread that ends takes along what it has not read, so a task whose buffers were moved is lost with it even if it had not begun. Only messages that cannot be refused any more are moved: small ones that mention
 * nothing, to a worker that has nothing else.
 */
import type { MessagePort } from 'node:worker_threads';
import { RemoteError } from '@manycore/core';
import type { Encoded } from '@manycore/core/internal';

/** Fits what a link always has room for while it is empty. */
const MOST_HEAD_BYTES = 4096;
/** Through the link more is copied in and out at the same time, by both threads, without as much memory in between. */
const MOST_COPIED_BYTES = 16 * 2 ** 20;

export class Ferry {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** Moves the payloads of a message, and takes them from it; false when they have to go with it. */
  move(message: Encoded, sequence: number): boolean {
    if (message.head > MOST_HEAD_BYTES || message.refs.length > 0) return false;
    return message.movePayloads(MOST_COPIED_BYTES, (buffers) => this.#send(sequence, buffers));
  }

  #send(sequence: number, buffers: ArrayBuffer[]): boolean {
    try {
      this.#port.postMessage([sequence, buffers], buffers);
      return true;
    } catch (error) {
      // WebAssembly memory and the like: nothing tells beforehand, and nothing was moved.
      if (error instanceof DOMException && error.name === 'DataCloneError') return false;
      throw error;
    }
  }

  /** The buffers of a message that was read. */
  collect(sequence: number): readonly ArrayBuffer[] {
    const { receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads');
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: [number, ArrayBuffer[]] } | undefined;
      if (received === undefined) throw new RemoteError(`manycore: the buffers of message ${sequence} of a worker thread did not come.`);
      const [number, buffers] = received.message;
      // Others belong to messages that were not sent after all.
      if (number === sequence) return buffers;
    }
  }

  close(): void {
    this.#port.close();
  }
}
