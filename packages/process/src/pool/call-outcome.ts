/** What becomes of one `apply`. */
import { AsyncResult, REJECT, RESOLVE } from './async-result.js';
import { isolated } from './isolated.js';
import type { ApplyOptions } from './pool-call-options.js';
import type { Task, TaskListener } from './task.js';

export class CallOutcome<R> implements TaskListener {
  readonly result = new AsyncResult<R>();

  constructor(private readonly options: ApplyOptions<R>) {}

  done(value: unknown): void {
    const { callback } = this.options;
    if (callback !== undefined) isolated(callback, value as R);
    this.result[RESOLVE](value as R);
  }

  mixed(): void {
    // A call is no chunk.
  }

  failed(error: unknown): void {
    const { errorCallback } = this.options;
    if (errorCallback !== undefined) isolated(errorCallback, error);
    this.result[REJECT](error);
  }

  progress(value: unknown, { id: taskId }: Task): void {
    const { onProgress } = this.options;
    if (onProgress !== undefined) isolated(onProgress, { value, taskId });
  }
}
