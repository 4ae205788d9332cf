/** What the executors of this package have in common: the engine of pools, with futures in front of it. */
import { CancelledError, TimeoutError, transfer } from '@manycore/core';
import { deadlineOf, describe, now } from '@manycore/core/internal';
import { CALL, EACH, Engine, MAP, Origins, Publisher, STARMAP, Task, ticks, waitFor, type EngineOptions } from '@manycore/process/internal';
import { hasFutures, type ArgumentLists } from './arguments.js';
import type { CallSettings } from './call-settings.js';
import { Executor, type ShutdownOptions } from './executor.js';
import type { Future } from './future.js';
import type { Chunk, ChunkOutcome } from './map-results.js';
import { WorkItem, type MakeTask } from './work-item.js';

/** An executor that nobody has any more finishes what it has, and lets its workers go. */
const forgotten = new FinalizationRegistry<Engine>((engine) => engine.close());

export abstract class EngineExecutor extends Executor {
  readonly #engine: Engine;
  readonly #origins = new Origins();

  protected constructor(options: EngineOptions, startedAt: { readonly stack?: string }) {
    super();
    this.#engine = new Engine(options, startedAt);
    this.#engine.observers.add(new Publisher(this.#engine));
    forgotten.register(this, this.#engine, this);
  }

  submitCall(fn: Function, args: readonly unknown[], { task: options, transfer: list }: CallSettings): Future<unknown> {
    const engine = this.#engine;
    const call = `${this.name}.submit`;
    engine.mustTakeTasks(call);
    const number = engine.functions.numberOf(fn, `${call}(fn)`);
    const origin = this.#origins.of(fn, this.submit, now());
    const item = new WorkItem(engine);
    const make = (values: readonly unknown[]): Task => new Task(CALL, 0, number, list === undefined ? values : transfer(values, list), 'args', options, item, origin, ticks());
    if (hasFutures(args)) item.startLater([args], ([values]) => make(values!));
    else item.start(make(args));
    return item.future;
  }

  submitChunk(fn: Function, { items, spread }: Chunk, { task: options }: CallSettings): Future<ChunkOutcome> {
    const engine = this.#engine;
    const call = `${this.name}.map`;
    engine.mustTakeTasks(call);
    const number = engine.functions.numberOf(fn, `${call}(fn)`);
    const origin = this.#origins.of(fn, this.map, now());
    const item = new WorkItem(engine);
    const make = (values: readonly unknown[]): Task => new Task(spread ? STARMAP : MAP, EACH, number, values, 'items', options, item, origin, ticks());
    const lists = (spread ? items : [items]) as ArgumentLists;
    const later: MakeTask = (values) => make(spread ? values : values[0]!);
    if (lists.some(hasFutures)) item.startLater(lists, later);
    else item.start(make(items));
    return item.future as Future<ChunkOutcome>;
  }

  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const call = `${this.name}.shutdown()`;
    const deadline = deadlineOf(options, call);
    const { wait = true, cancelFutures = false, timeout, signal } = options;
    for (const [name, value] of Object.entries({ wait, cancelFutures })) if (typeof value !== 'boolean') throw new TypeError(`${call}: ${name} must be true or false, got ${describe(value)}.`);
    const engine = this.#engine;
    engine.close();
    if (cancelFutures) engine.dropWaiting(() => new CancelledError(`The ${engine.options.label} was shut down with { cancelFutures: true } before this task had begun.`));
    if (!wait) return;
    let hasEnded = false;
    await waitFor(
      (done) => {
        void engine.ended().then(() => {
          hasEnded = true;
          done();
        });
        return () => undefined;
      },
      deadline,
      signal,
    );
    if (!hasEnded) throw new TimeoutError(`${call}: ${engine.queue.size + engine.staff.running} tasks were not done within ${timeout} ms. The shutdown goes on.`);
    forgotten.unregister(this);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { state, options, queue, staff } = this.#engine;
    return `<${this.name} ${STATES[state]} workers=${staff.workers.size}/${options.size} queued=${queue.size} running=${staff.running}>`;
  }

  /** Ends all workers now, after `graceMs` by force; what is not done fails with CancelledError. */
  protected async terminate(): Promise<void> {
    this.#engine.terminate();
    await this.#engine.ended();
  }

  /** The same, without `graceMs`. */
  protected async kill(): Promise<void> {
    this.#engine.kill();
    await this.#engine.ended();
  }
}

const STATES = { running: 'running', closing: 'shut down', over: 'over' } as const;
