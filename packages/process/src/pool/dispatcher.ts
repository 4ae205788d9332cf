/**
 * Which worker gets which task, and when. A task goes to the worker that has least to do; workers of short tasks are given some ahead (worker-handle.ts); an idle worker is given what another one has ahead.
 */
import { encodeApart, now, type Encoded } from '@manycore/core/internal';
import { unwatchTime, watchTime } from './limits.js';
import { addWords } from './protocol.js';
import type { Staff } from './staff.js';
import type { TaskEnds } from './task-ends.js';
import type { TaskQueue } from './task-queue.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

export interface DispatchHost {
  readonly staff: Staff;
  /** A worker was given a task. */
  wasGiven(worker: WorkerHandle, task: Task): void;
}

export class Dispatcher {
  constructor(
    readonly queue: TaskQueue,
    private readonly ends: TaskEnds,
    private readonly host: DispatchHost,
  ) {}

  /** Sends a task if a worker has room; else it waits its turn. */
  submit(task: Task): void {
    // While some wait, no worker has room.
    const worker = this.queue.size === 0 ? this.#leastBusy() : undefined;
    if (worker !== undefined) this.#send(worker, task);
    else if (task.isLazy || this.#keep(task)) this.queue.push(task);
  }

  /** Gives workers what waits. */
  pump(): void {
    while (this.queue.size > 0) {
      const worker = this.#leastBusy();
      if (worker === undefined) return;
      const task = this.queue.take()!;
      if (!worker.fits(task.message)) {
        this.queue.unshift(task);
        return;
      }
      this.#send(worker, task);
    }
    this.#share();
  }

  /** Takes a copy of its input now: what the caller does to it later does not change the task. */
  #keep(task: Task): boolean {
    try {
      task.message = keep(task);
    } catch (error) {
      this.#failLater(task, error);
      return false;
    }
    return true;
  }

  #leastBusy(): WorkerHandle | undefined {
    let found: WorkerHandle | undefined;
    for (const worker of this.host.staff.workers) if (worker.room > 0 && (found === undefined || isBetter(worker, found))) found = worker;
    return found;
  }

  #send(worker: WorkerHandle, task: Task): void {
    try {
      worker.define(task.fn);
      // Of what goes to an idle worker no copy is made. What another cannot begin at once may have to be sent elsewhere.
      if (task.message === undefined && (task.options.retries > 0 || !worker.isIdle)) task.message = keep(task);
      if (worker.fits(task.message)) worker.send(task, task.message ?? encodeTask(task));
      else this.queue.unshift(task);
    } catch (error) {
      this.#failLater(task, error);
      return;
    }
    if (task.state !== 'sent') return;
    worker.stats.serializeMs += task.encodeMs;
    task.encodeMs = 0;
    watchTime(task, this.ends);
    this.host.wasGiven(worker, task);
  }

  /** The caller has not got its result object yet, or is in the middle of something. */
  #failLater(task: Task, error: unknown): void {
    task.state = 'ended';
    queueMicrotask(() => this.ends.fail(task, error));
  }

  /** Gives idle workers what others have ahead. */
  #share(): void {
    for (const idle of this.host.staff.workers) {
      if (!idle.isIdle) continue;
      const task = this.#taskAhead();
      if (task === undefined) return;
      this.#send(idle, task);
    }
  }

  /** The task that the busiest worker was given last, taken back, when it has not begun. */
  #taskAhead(): Task | undefined {
    let busiest: WorkerHandle | undefined;
    for (const worker of this.host.staff.workers) if (worker.hasTasksAhead && (busiest === undefined || worker.count > busiest.count)) busiest = worker;
    const task = busiest?.tasks().at(-1);
    if (busiest === undefined || task?.message === undefined || !busiest.revoke(task)) return undefined;
    unwatchTime(task);
    return task;
  }
}

/** One that has less to do, or, among equals, that is ready. */
const isBetter = (one: WorkerHandle, other: WorkerHandle): boolean => one.count < other.count || (one.count === other.count && one.state === 'ready' && other.state === 'starting');

/** The message of a task: the scratch of the codec, to be sent or kept at once. @throws SerializationError, OutOfMemoryError */
function encodeTask(task: Task): Encoded {
  const start = now();
  const message = addWords(encodeApart(task.input, task.root));
  task.encodeMs += now() - start;
  return message;
}

/** The same in memory of its own; buffers that were to be moved are given away. */
function keep(task: Task): Encoded {
  const message = encodeTask(task).keep();
  message.commit();
  return message;
}
