/**
 * A call, or a chunk of a map, and its future: the task's listener, and the future's owner.
 *
 * | what it is at               | `#awaited` | `#task` | cancel                              |
 * | --------------------------- | ---------- | ------- | ----------------------------------- |
 * | waits for its arguments     | set        |         | stops waiting                       |
 * | has a task with the engine  |            | set     | the engine's answer, from the board |
 */
import { CancelledError } from '@manycore/core';
import type { Engine, Feeder, MixedResults, Task, TaskListener } from '@manycore/process/internal';
import { AwaitedArguments, type ArgumentLists, type ArgumentsListener } from './arguments.js';
import type { FutureOwner, TaskDescription } from './future-owner.js';
import { Future } from './future.js';

/** Makes the task of an item from its arguments. */
export type MakeTask = (lists: ArgumentLists, item: WorkItem) => Task;

export class WorkItem implements TaskListener, FutureOwner, Feeder, ArgumentsListener {
  readonly future = new Future<unknown>(this);
  #task: Task | undefined;
  #awaited: AwaitedArguments | undefined;
  #makeTask: MakeTask | undefined;
  #isDropped = false;

  constructor(private readonly engine: Engine) {}

  start(task: Task): void {
    this.#task = task;
    this.engine.submit(task);
  }

  /** Starts the task when its arguments are there; a closed engine waits for that. */
  startLater(lists: ArgumentLists, makeTask: MakeTask): void {
    this.#makeTask = makeTask;
    this.#awaited = new AwaitedArguments(lists, this);
    this.engine.beginFeeding(this);
    this.#awaited.begin();
  }

  // --- the arguments ---

  argumentsReady(lists: ArgumentLists): void {
    const task = this.#makeTask!(lists, this);
    this.#isAwaitedNoMore(() => this.start(task));
  }

  argumentFailed(error: unknown): void {
    this.#isAwaitedNoMore(() => this.failed(error));
  }

  engineCloses(): void {
    // What it waits for comes from elsewhere.
  }

  // --- the task ---

  done(value: unknown): void {
    if (!this.future.done()) this.future.setResult(value);
  }

  mixed(outcome: MixedResults): void {
    this.done(outcome);
  }

  failed(error: unknown): void {
    if (!this.future.done()) this.future.setException(error);
  }

  dropped(): void {
    this.#isDropped = true;
    this.future.cancel();
  }

  // --- the future ---

  cancel(): boolean {
    if (this.#awaited !== undefined) this.#isAwaitedNoMore();
    else if (!this.#isDropped) return this.engine.ends.cancel(this.#task!, new CancelledError('The future was cancelled.'));
    return true;
  }

  hasBegun(): boolean {
    const task = this.#task;
    // Without a worker its outcome has arrived, and is being read.
    return task?.state === 'sent' && (task.worker === undefined || task.worker.hasBegun(task));
  }

  abort(error: Error): void {
    if (this.#awaited !== undefined) this.argumentFailed(error);
    else this.engine.ends.abort(this.#task!, error);
  }

  describe(): TaskDescription | undefined {
    const { options, functions } = this.engine;
    return this.#task && { executor: options.label, functionName: functions.get(this.#task.fn).name, taskId: this.#task.id };
  }

  #isAwaitedNoMore(then?: () => void): void {
    this.#awaited?.stop();
    this.#awaited = undefined;
    then?.();
    this.engine.endFeeding(this);
  }
}
