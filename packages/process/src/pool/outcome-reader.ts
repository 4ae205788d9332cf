/** Reads what workers send, and tells the engine. */
import { loadModules, now, type DecodeOptions } from '@manycore/core/internal';
import type { Received } from '@manycore/queues/internal';
import { fromBits, msBetween } from './clock.js';
import { DONE, INIT_FAILED, LARGE, MIXED, MOVED, OPERATION_MASK, PROGRESS, READY, Words, type MixedResults } from './protocol.js';
import type { TaskEnds } from './task-ends.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

/** Messages that are read before the event loop has its turn. */
const MOST_AT_ONCE = 512;

/** What the engine is told. */
export interface OutcomeHost {
  /** @param at - when it was; see clock.ts. */
  workerReady(worker: WorkerHandle, at: number): void;
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
  #count = 0;
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

  #handle(worker: WorkerHandle, received: Received): void {
    const { ends, host } = this;
    const { length, cell, sequence, what, four, five } = this.#words.read(received);
    const message = (what & MOVED) === 0 ? received : { ...received, payloads: worker.ferry!.collect(sequence) };
    const outcome = what & OPERATION_MASK;
    if (outcome === READY) {
      worker.link.release(message);
      host.workerReady(worker, five);
      return;
    }
    if (outcome === INIT_FAILED) {
      const tell = (error: unknown): void => host.initializerFailed(worker, error);
      this.#decode(worker, message, length, NO_OPTIONS, tell, tell);
      return;
    }
    const task = worker.taskAt(cell, sequence);
    if (task === undefined) {
      worker.link.release(message);
      return;
    }
    if (outcome === PROGRESS) {
      const tell = (value: unknown): void => {
        if (!task.isTold) task.listener.progress?.(value, task);
      };
      this.#decode(worker, message, length, NO_OPTIONS, tell, (error) => ends.fail(task, error));
      return;
    }
    this.#note(worker, task, fromBits(four), five, (what & LARGE) !== 0);
    this.#tell(worker, message, length, task, outcome);
  }

  #note(worker: WorkerHandle, task: Task, duration: number, begunAt: number, isLast: boolean): void {
    const { stats } = worker;
    worker.learn(duration);
    stats.tasks++;
    stats.busyMs += duration;
    stats.waitMs += Math.max(0, msBetween(task.submittedAt, begunAt));
    const run = this.#run;
    run.duration = duration;
    run.begunAt = begunAt;
    run.isLast = isLast;
    this.host.taskOver(task, worker, run);
  }

  #tell(worker: WorkerHandle, message: Received, length: number, task: Task, outcome: number): void {
    const { ends } = this;
    if (outcome === DONE && loadModules(message.bytes, 0, length) === undefined) {
      // Nearly always.
      let value: unknown;
      try {
        value = this.#decodeNow(worker, message, length, NO_OPTIONS);
      } catch (error) {
        ends.fail(task, error);
        return;
      }
      ends.succeed(task, value);
      return;
    }
    const fail = (error: unknown): void => ends.fail(task, error);
    if (outcome === DONE) this.#decode(worker, message, length, NO_OPTIONS, (value) => ends.succeed(task, value), fail);
    else if (outcome === MIXED) this.#decode(worker, message, length, errorOptions(task), (value) => ends.succeedMixed(task, value as MixedResults), fail);
    else this.#decode(worker, message, length, errorOptions(task), fail, fail);
  }

  #decodeNow(worker: WorkerHandle, message: Received, length: number, options: DecodeOptions): unknown {
    if ((++this.#count & SAMPLE_MASK) !== 0) return worker.link.decode(message, length, options);
    const start = now();
    try {
      return worker.link.decode(message, length, options);
    } finally {
      worker.stats.serializeMs += (now() - start) * (SAMPLE_MASK + 1);
    }
  }

  /** Rebuilds the value of a message, now, or later when a module has to be imported for it first. What cannot be rebuilt fails. */
  #decode(worker: WorkerHandle, message: Received, length: number, options: DecodeOptions, use: Use, fail: Use): void {
    let value: unknown;
    try {
      const loading = loadModules(message.bytes, 0, length);
      if (loading !== undefined) {
        void this.#decodeLater(worker, worker.link.keep(message, length), length, options, use, fail, loading);
        return;
      }
      value = this.#decodeNow(worker, message, length, options);
    } catch (error) {
      fail(error);
      return;
    }
    use(value);
  }

  async #decodeLater(worker: WorkerHandle, message: Received, length: number, options: DecodeOptions, use: Use, fail: Use, loading: Promise<void>): Promise<void> {
    let value: unknown;
    try {
      await loading;
    } catch (error) {
      worker.link.release(message);
      fail(error);
      return;
    }
    try {
      value = worker.link.decode(message, length, options);
    } catch (error) {
      fail(error);
      return;
    }
    use(value);
  }
}

const NO_OPTIONS: DecodeOptions = {};
/** Every so many messages one is timed, for all of them: the clock costs as much as a small one. */
const SAMPLE_MASK = 15;

/** The stack lines of the submission are made only for what failed: that costs more than most tasks. */
function errorOptions({ origin }: Task): DecodeOptions {
  const stack = origin?.stack;
  return stack === undefined ? NO_OPTIONS : { callSite: stack.slice(stack.indexOf('\n') + 1) };
}
