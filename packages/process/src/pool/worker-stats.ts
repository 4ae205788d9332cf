/** What a pool counts of one worker, over all processes that have been this worker. */
export class WorkerStats {
  tasks = 0;
  busyMs = 0;
  /** From the submission of a task to its beginning, summed. */
  waitMs = 0;
  /** From the start of the process to the end of the initializer, of the last one. */
  startMs = 0;
  /** Encoding inputs and decoding results, in the pool's process. */
  serializeMs = 0;
  restarts = 0;
}
