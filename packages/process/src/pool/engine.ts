/**
 * The engine of pools and executors: tasks in, outcomes out, over workers that come and go. It dispatches; no lock or queue is shared between workers, and it knows at any moment which task each of them has.
 *
 * A task goes to the worker that has least to do. Workers of short tasks are given some ahead (worker-handle.ts), which they have not begun; an idle worker is given what another one has ahead. The path of
 * a task: queued → sent (PENDING → RUNNING in the worker's board) → ended; back to queued when its worker died before it began, or when it has retries left.
 */
import { ClosedError } from '@manycore/core';
import { Collector, type Collected } from './collector.js';
import { CrewStart, type CrewStarted } from './crew-start.js';
import { Dispatcher, type DispatchHost } from './dispatcher.js';
import { EndWaiters } from './end-waiters.js';
import type { EngineOptions } from './engine-options.js';
import { broken, cancelled, fatalDeath, startFailed, workerLost } from './failures.js';
import type { Feeder } from './feeder.js';
import { FunctionTable } from './function-table.js';
import { addInterruptible, removeInterruptible, type Interruptible } from './interrupt.js';
import { unwatch, unwatchTime, watchSignal } from './limits.js';
import { takeBehind, takeTasks } from './lost-tasks.js';
import { Observers } from './observer.js';
import { OutcomeReader, type OutcomeHost, type TaskRun } from './outcome-reader.js';
import { Staff, type StaffHost } from './staff.js';
import { TaskEnds, type TaskEndsHost } from './task-ends.js';
import { TaskQueue } from './task-queue.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

/** `closing`: no new tasks. `over`: none at all any more. */
export type EngineState = 'running' | 'closing' | 'over';

export class Engine implements StaffHost, DispatchHost, Collected, CrewStarted, OutcomeHost, TaskEndsHost, Interruptible {
  state: EngineState = 'running';
  readonly functions = new FunctionTable();
  readonly queue = new TaskQueue();
  readonly staff: Staff;
  readonly observers = new Observers();
  readonly ends = new TaskEnds(this);
  readonly #dispatcher = new Dispatcher(this.queue, this.ends, this);
  readonly #collector = new Collector(this);
  readonly #reader = new OutcomeReader(this.ends, this);
  readonly #start: CrewStart;
  /** Why nothing can be run any more. */
  #broken: { readonly cause: unknown } | undefined;
  #isInterrupted = false;
  readonly #endWaiters: EndWaiters;
  /** Maps and iterators that are not done, and give it tasks little by little; told when it is closed. */
  readonly #feeders = new Set<Feeder>();

  /** Starts the first worker. Others follow with tasks that need them, and all a moment later: until then their CPUs boot the first one, and name its function. @throws TargetError, SerializationError, ProcessError, OutOfMemoryError; then none is left. */
  constructor(
    readonly options: EngineOptions,
    startedAt: { readonly stack?: string },
  ) {
    this.staff = new Staff(options, this, startedAt);
    this.#endWaiters = new EndWaiters(this.staff);
    try {
      this.staff.fill(0);
    } catch (error) {
      this.state = 'over';
      throw error;
    }
    this.#start = new CrewStart(this, this.#collector);
    addInterruptible(this);
  }

  /** @param call - how the message begins. @throws ClosedError, BrokenExecutorError when no task can be given to it any more. */
  mustTakeTasks(call: string): void {
    if (this.#broken !== undefined) throw this.#whyOver();
    if (this.state !== 'running') throw new ClosedError(`${call}: the ${this.options.label} was ${this.state === 'closing' ? 'closed' : 'terminated'} and takes no more work.`);
  }

  /** Whether nothing that has not begun will ever be. */
  get isOver(): boolean {
    return this.state === 'over' || this.#isInterrupted;
  }

  /** A closed engine ends when its feeders have. */
  beginFeeding(feeder: Feeder): void {
    this.#feeders.add(feeder);
  }

  endFeeding(feeder: Feeder): void {
    if (this.#feeders.delete(feeder)) this.#endIfDone();
  }

  /** Takes a task, whose listener is told of its outcome, never before this call has returned. */
  submit(task: Task): void {
    const { signal } = task.options;
    if (this.staff.hasVacancy && !this.isOver) this.#hire(this.queue.size + 1);
    if (signal?.aborted === true || this.isOver) {
      queueMicrotask(() => this.ends.fail(task, this.isOver ? this.#whyOver() : signal!.reason));
      return;
    }
    this.observers.taskQueued(task);
    watchSignal(task, this.ends);
    this.#dispatcher.submit(task);
    this.#collector.schedule();
  }

  // --- outcomes ---

  collect(): boolean {
    let found = false;
    for (const worker of [...this.staff.workers]) {
      // What one of them sends may be heard by code of the user's that ends another.
      if (worker.state === 'ended') continue;
      worker.link.flush();
      if (this.#reader.read(worker)) found = true;
    }
    if (found) this.#dispatcher.pump();
    this.#endIfDone();
    return found;
  }

  collectingFailed(error: unknown): void {
    this.#break(error);
  }

  wasGiven(worker: WorkerHandle, task: Task): void {
    this.observers.taskSent(task, worker);
    if (worker.given >= this.options.maxTasks) this.staff.retire(worker);
  }

  workerReady(worker: WorkerHandle, at: number): void {
    if (worker.state === 'starting') worker.state = 'ready';
    this.staff.isReady(worker, at);
    this.observers.workerUp(worker);
  }

  initializerFailed(_worker: WorkerHandle, error: unknown): void {
    this.#break(error);
  }

  taskOver(task: Task, worker: WorkerHandle, run: TaskRun): void {
    this.observers.taskRan(task, worker, run);
    worker.free(task);
    unwatch(task);
    if (run.isLast) this.staff.retire(worker);
    else this.staff.releaseIfDone(worker);
    if (worker.state === 'leaving') this.refill();
  }

  taskDropped(): void {
    this.#endIfDone();
  }

  killWorker(worker: WorkerHandle, task: Task): void {
    const { whole, isOver } = takeBehind(worker, task);
    for (const other of whole) {
      unwatchTime(other);
      this.queue.unshift(other);
    }
    if (!isOver) {
      // It must begin nothing more.
      worker.state = 'leaving';
      this.staff.kill(worker);
    }
    this.refill();
  }

  // --- deaths ---

  workerEnded(worker: WorkerHandle): void {
    // What it had put before is kept.
    this.#reader.read(worker);
    this.observers.workerDown(worker);
    const { lost, whole } = takeTasks(worker);
    if (this.options.onWorkerLost === 'break' && !worker.isDismissed) this.#break(fatalDeath(worker, lost[0] && this.ends.infoOf(lost[0])));
    for (const task of whole.toReversed()) this.#takeBack(task);
    for (const task of lost) this.#lose(task, worker);
    worker.release();
    if (this.staff.isHopeless) this.#break(startFailed(worker));
    else this.refill();
    this.#endIfDone();
    this.#collector.schedule();
  }

  #takeBack(task: Task): void {
    unwatchTime(task);
    if (task.isTold) task.state = 'ended';
    else if (this.state === 'over') this.ends.fail(task, this.#whyOver());
    else this.queue.unshift(task);
  }

  #lose(task: Task, worker: WorkerHandle): void {
    if (task.attempt > task.options.retries && this.#broken === undefined) {
      this.ends.fail(task, workerLost(worker, this.ends.infoOf(task)));
      return;
    }
    task.attempt++;
    this.#takeBack(task);
  }

  /** Starts what is missing of the workers; also for whoever looks at them before all have been started. */
  refill(): void {
    this.staff.isWhole = true;
    if (this.state === 'over' || this.#isDone) return;
    this.#hire(this.queue.size);
    this.#dispatcher.pump();
  }

  #hire(queued: number): void {
    try {
      if (!this.staff.fill(queued)) return;
    } catch (error) {
      this.#break(error);
      return;
    }
    this.#start.watch();
    this.#endWaiters.keepAlive();
  }

  /** Nothing can be run any more: whatever waits fails, each with an error of its own. */
  #break(cause: unknown): void {
    if (this.#broken !== undefined || this.state === 'over') return;
    this.#broken = { cause };
    this.#dropAll();
  }

  // --- the end ---

  close(): void {
    if (this.state !== 'running') return;
    this.state = 'closing';
    for (const feeder of [...this.#feeders]) feeder.engineCloses();
    this.#endIfDone();
  }

  /** Ends it now; what is not done is rejected. */
  terminate(): void {
    this.#dropAll();
  }

  /** The same without `graceMs` for the workers. */
  kill(): void {
    this.#dropAll();
    for (const worker of this.staff.workers) this.staff.kill(worker);
  }

  /** Gives up what has not begun. @param why - makes the error of each. */
  dropWaiting(why: () => Error): void {
    for (const feeder of [...this.#feeders]) feeder.dropped?.();
    for (const task of this.queue.drain()) this.ends.drop(task, why());
    for (const worker of this.staff.workers) for (const task of worker.tasks()) if (worker.revoke(task)) this.ends.drop(task, why());
    this.#endIfDone();
  }

  async interrupt(): Promise<void> {
    this.#isInterrupted = true;
    this.dropWaiting(() => this.#whyOver());
    this.close();
    await this.ended();
  }

  killTree(): void {
    for (const { child } of this.staff.workers) child.signal('SIGKILL', true);
  }

  /** Why a task cannot be done any more; an error for each. */
  #whyOver(): Error {
    return this.#broken === undefined ? cancelled(this.options, this.#isInterrupted) : broken(this.options, this.#broken.cause);
  }

  #dropAll(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    if (this.#broken === undefined) this.dropWaiting(() => this.#whyOver());
    for (const task of this.queue.drain()) this.ends.fail(task, this.#whyOver());
    for (const worker of this.staff.workers) {
      for (const task of worker.tasks()) this.ends.fail(task, this.#whyOver());
      this.staff.stop(worker);
    }
    this.#tellEnded();
  }

  /** Resolves when all workers of an engine that was closed, terminated or interrupted have ended. */
  ended(): Promise<void> {
    return this.#hasEnded ? Promise.resolve() : this.#endWaiters.wait();
  }

  /** Whether it was closed, and nothing waits or is to come. */
  get #isDone(): boolean {
    return this.state === 'closing' && this.queue.size === 0 && this.#feeders.size === 0;
  }

  /** A closed engine without tasks lets its workers go. */
  #endIfDone(): void {
    if (this.#isDone) for (const worker of this.staff.workers) this.staff.retire(worker);
    this.#tellEnded();
  }

  get #hasEnded(): boolean {
    return this.staff.workers.size === 0 && (this.state === 'over' || this.#isDone);
  }

  #tellEnded(): void {
    if (!this.#hasEnded) return;
    removeInterruptible(this);
    this.#endWaiters.tell();
  }
}
