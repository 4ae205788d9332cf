import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { encode } from '@manycore/core/internal';

/** A worker thread that has shared objects, and calls the named functions of fixtures/worker-calls.mjs with them. */
export interface CallingWorker extends AsyncDisposable {
  call(name: string): Promise<unknown>;
  /** Terminates it: its slot is given up, as by a death. */
  end(): Promise<void>;
}

export async function workerCalling(objects: Record<string, unknown>): Promise<CallingWorker> {
  const message = encode(objects, 'objects');
  const worker = new Worker(new URL('./fixtures/worker-calls.mjs', import.meta.url), { workerData: Uint8Array.from(message.bytes.subarray(0, message.length)) });
  worker.on('error', (error) => {
    throw error;
  });
  await once(worker, 'message');
  const end = async (): Promise<void> => {
    await worker.terminate();
  };
  return {
    call: async (name) => {
      const answer = once(worker, 'message');
      worker.postMessage(name);
      return (await answer)[0];
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}
