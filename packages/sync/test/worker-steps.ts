import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LockCycleMember } from '@manycore/core';
import { encode } from '@manycore/core/internal';

/** An object by its key, a method, and arguments. */
export type Step = [object: string, method: string, ...args: unknown[]];

interface Said {
  readonly did: string;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly cycle: LockCycleMember[] };
}

/** A worker thread that does steps with shared objects (fixtures/worker-steps.mjs). */
export class WorkerSteps {
  readonly worker: Worker;
  readonly said: Said[] = [];
  /** Everything the worker said, once it has ended. */
  readonly done: Promise<Said[]>;

  /** @param after - what it does after a step that threw. */
  constructor(objects: Record<string, object>, steps: Step[], after: Step[] = []) {
    const message = encode({ objects, steps, after }, 'steps');
    this.worker = new Worker(new URL('./fixtures/worker-steps.mjs', import.meta.url), { workerData: Uint8Array.from(message.bytes.subarray(0, message.length)) });
    this.worker.on('message', (said: Said) => this.said.push(said));
    this.done = once(this.worker, 'exit').then(() => this.said);
    // Whoever has no use for it learns of a failure by what is missing.
    this.done.catch(() => undefined);
  }

  get name(): string {
    return `MainProcess|Thread-${this.worker.threadId}`;
  }

  has(did: string): boolean {
    return this.said.some((said) => said.did === did);
  }
}
