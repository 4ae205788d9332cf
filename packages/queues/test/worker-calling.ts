import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { encode } from '@manycore/core/internal';

/** A worker thread that has shared objects and calls their methods (fixtures/worker-calls.mjs). */
export interface CallingWorker extends AsyncDisposable {
  /** As `inspect()` and errors call it. */
  readonly name: string;
  call(object: string, method: string, ...args: unknown[]): Promise<unknown>;
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
  const { threadId } = worker;
  const end = async (): Promise<void> => {
    await worker.terminate();
  };
  return {
    name: `MainProcess|Thread-${threadId}`,
    call: async (...step) => {
      const answer = once(worker, 'message') as Promise<[{ value?: unknown; error?: unknown }]>;
      worker.postMessage(step);
      const [said] = await answer;
      if ('error' in said) throw said.error;
      return said.value;
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}
