/** What is behind a future: whoever has the task. It names no process, so the task may be anywhere. */
export interface FutureOwner {
  /** Takes the task back, so that it will never begin. False when it has begun, is over, or when that cannot be known without asking somewhere else. */
  cancel(): boolean;
  /** The same for tasks that are elsewhere: asks whoever has it. Default: the answer of `cancel`. */
  cancelAsync?(): Promise<boolean>;
  /** Whether a worker has begun the task, as far as that is known here and now. */
  hasBegun(): boolean;
  /** Ends the task, running or not, and fails the future with this error, now or soon. */
  abort(error: Error): void;
  /** For reports about the future; undefined when there is no task yet. */
  describe?(): TaskDescription | undefined;
}

/** Which task it is, for messages. */
export interface TaskDescription {
  /** Which executor: `ProcessPoolExecutor`. */
  readonly executor: string;
  readonly functionName: string;
  /** As `currentTask().id`. */
  readonly taskId: number;
}
