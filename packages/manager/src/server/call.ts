/** One call as the server sees it. */
import { CancelledError } from '@manycore/core';
import type { Caller, CallerClient } from './caller.js';

export class Call implements Caller {
  #abort: AbortController | undefined;
  /** Its result is of no interest any more. */
  isCancelled = false;
  /** Whether it is to be answered by its method alone. */
  isWaitedFor = false;

  constructor(
    readonly client: CallerClient,
    readonly tree: number | undefined,
  ) {}

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.isCancelled) this.#abort.abort(cancelled());
    return this.#abort.signal;
  }

  answersCancel(): void {
    this.isWaitedFor = true;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#abort?.abort(cancelled());
  }
}

export const cancelled = (): CancelledError => new CancelledError('The call was cancelled: by its signal, or because its client is gone.');
