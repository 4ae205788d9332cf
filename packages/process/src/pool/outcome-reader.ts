/** Reads what workers send, and tells the engine. */
import { decode, loadModules, now, type DecodeOptions } from '@manycore/core/internal';
import type { Received } from '@manycore/queues/internal';
import { fromBits, msBetween } from './clock.js';
import { DONE, FAILED, INIT_FAILED, LARGE, MIXED, OPERATION_MASK, PROGRESS, READY, Words, type MixedResults } from './protocol.js';
import type { TaskEnds } from './task-ends.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

/** Messages that are read before the event loop has its turn. */
const MOST_AT_ONCE = 512;

/** What the engine is told. */
export interface OutcomeHost {
  workerReady(worker: WorkerHandle): void;
  initializerFailed(worker: WorkerHandle, error: unknown): void;
  /** The worker has ended the task; its outcome follows, at once or after a module was imported for it. */
  taskOver(task: Task, worker: WorkerHandle, run: TaskRun): void;
}

/** How a task ran; one object for all, valid until the next. */
export interface TaskRun {
  /** In milliseconds. */
  readonly duration: number;
  /** See clock.ts. */
  readonly begunAt: number;
  /** Whether the worker takes no further task. */
  readonly isLast: boolean;
}

type Use = (value: unknown) => void;

export class OutcomeReader {
  readonly #words = new Words();
  readonly #run = { duration: 0, begunAt: 0, isLast: false };

  constructor(
    private readonly ends: TaskEnds,
    private readonly host: OutcomeHost,
  ) {}

  /** Reads what has come from a worker; whether anything had. */
  read(worker: WorkerHandle): boolean {
    const isGone = worker.state === 'ended';
    for (let count = 0; count < MOST_AT_ONCE || isGone; count++) {
      const message = worker.link.take(isGone);
      if (message === undefined) return count > 0;
      this.#handle(worker, message);
    }
    return true;
  }

  #handle(worker: WorkerHandle, message: Received): void {
    const { ends, host } = this;
    const { length, cell, sequence, what, four, five } = this.#words.read(message);
    const outcome = what & OPERATION_MASK;
    if (outcome === READY) {
      worker.link.release(message);
      host.workerReady(worker);
      return;
    }
    if (outcome === INIT_FAILED) {
      const tell = (error: unknown): void => host.initializerFailed(worker, error);
      this.#decode(worker, message, length, OTHERS_BYTES, tell, tell);
      return;
    }
    const task = worker.taskAt(cell, sequence);
    if (task === undefined) {
      worker.link.release(message);
      return;
    }
    const fail = (error: unknown): void => ends.fail(task, error);
    if (outcome === PROGRESS) {
      this.#decode(worker, message, length, OTHERS_BYTES, (value) => task.isTold || task.listener.progress?.(value, task), fail);
      return;
    }
    this.#note(worker, task, fromBits(four), five, (what & LARGE) !== 0);
    if (outcome === DONE) this.#decode(worker, message, length, OTHERS_BYTES, (value) => ends.succeed(task, value), fail);
    else if (outcome === MIXED) this.#decode(worker, message, length, errorOptions(task), (value) => ends.succeedMixed(task, value as MixedResults), fail);
    else if (outcome === FAILED) this.#decode(worker, message, length, errorOptions(task), fail, fail);
  }

  #note(worker: WorkerHandle, task: Task, duration: number, begunAt: number, isLast: boolean): void {
    const { stats } = worker;
    worker.learn(duration);
    stats.tasks++;
    stats.busyMs += duration;
    stats.waitMs += Math.max(0, msBetween(task.submittedAt, begunAt));
    Object.assign(this.#run, { duration, begunAt, isLast });
    this.host.taskOver(task, worker, this.#run);
  }

  /** Rebuilds the value of a message, now, or later when a module has to be imported for it first. */
  #decode(worker: WorkerHandle, message: Received, length: number, options: DecodeOptions, use: Use, fail: Use): void {
    const start = now();
    let value: unknown;
    try {
      const loading = loadModules(message.bytes, 0, length);
      if (loading !== undefined) {
        void this.#decodeLater(worker, message, length, options, use, fail, loading);
        return;
      }
      value = worker.link.reading(message, ({ bytes, isOwn }) => decode(bytes, 0, length, isOwn ? { ...options, own: true } : options));
    } catch (error) {
      fail(error);
      return;
    } finally {
      worker.stats.serializeMs += now() - start;
    }
    use(value);
  }

  async #decodeLater(worker: WorkerHandle, message: Received, length: number, options: DecodeOptions, use: Use, fail: Use, loading: Promise<void>): Promise<void> {
    const bytes = Buffer.from(message.bytes.subarray(0, length));
    let value: unknown;
    try {
      await loading;
      value = worker.link.reading(message, () => decode(bytes, 0, length, { ...options, own: true }));
    } catch (error) {
      worker.link.release(message);
      fail(error);
      return;
    }
    use(value);
  }
}

const OTHERS_BYTES: DecodeOptions = { own: false };

/** The stack lines of the submission are made only for what failed: that costs more than most tasks. */
function errorOptions({ origin }: Task): DecodeOptions {
  const stack = origin?.stack;
  return stack === undefined ? OTHERS_BYTES : { own: false, callSite: stack.slice(stack.indexOf('\n') + 1) };
}
