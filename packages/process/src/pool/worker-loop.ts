/**
 * What a worker does: takes a message, runs the task, puts the result; one task at a time. A task that returns no promise is run, and its result put, without a turn of the event loop; every `TURN_MS` the loop gets
 * one all the same. Ends when its pool has closed the link and everything that was sent before is done.
 */
import { InvalidStateError } from '@manycore/core';
import { encode, encodeApart, encodeThrown, loadModules, now, resolveTarget, resolveTargetBlocking, type Encoded, type TargetName } from '@manycore/core/internal';
import type { Link, Received } from '@manycore/queues/internal';
import { isForNode, isRefusedByRequire } from '../plain-module.js';
import type { Board } from './board.js';
import { inContext } from './carried-context.js';
import { ticksAt, toBits } from './clock.js';
import { RunningTask, setCurrentTask } from './current-task.js';
import type { Ferry } from './ferry.js';
import { Lookout } from './lookout.js';
import { addWords, attemptOf, CALL, CONTEXT, DEFINE, DONE, EACH, FAILED, INIT, INIT_FAILED, LARGE, LINGER, MIXED, MOVED, OPERATION_MASK, PROGRESS, READY, setWords, TIMED, Words } from './protocol.js';
import { isThenable, runItems, type Callee, type ItemsOutcome } from './run-items.js';
import type { WorkerStart } from './start-worker.js';

const TURN_MS = 10;
/** Longer than the wake-up of the pool's thread takes. */
const LONG_LOOK_MS = 0.5;
/** Where others can do with the CPU. */
const SHORT_LOOK_MS = 0.06;
/** How often it looks at its own memory, at most. */
const MEMORY_MS = 50;

export class WorkerLoop {
  readonly #words = new Words();
  readonly #functions = new Map<number, Callee | TargetName>();
  #running: RunningTask | undefined;
  /** When the event loop last had a turn. */
  #turnedAt = now();
  #measuredAt = 0;
  #isLarge = false;
  #isPristine: boolean;
  readonly #lookout = new Lookout(LONG_LOOK_MS);
  readonly #hasMessage = (): boolean => this.link.hasMessage;
  #lingers = false;

  constructor(
    readonly link: Link,
    readonly board: Board,
    readonly setup: WorkerStart,
    /** Of a thread. */
    readonly ferry: Ferry | undefined,
  ) {
    this.#isPristine = setup.isPristine;
  }

  async run(): Promise<void> {
    const { link, board, setup } = this;
    const over = new AbortController();
    const watching = board.watch(() => this.#lookForCancel(), over.signal);
    try {
      if (!setup.hasInitializer) this.#tellReady();
      for (;;) {
        // Before the look: what the pool sent before it closed its end is found.
        const isOver = link.isPeerGone(false);
        const message = link.take();
        if (message === undefined) {
          if (isOver) return;
          if (!this.#lookout.look(this.#hasMessage, this.#lingers ? LONG_LOOK_MS : SHORT_LOOK_MS)) await this.#sleep();
          continue;
        }
        const pending = this.#handle(message);
        if (pending !== undefined) await pending;
        if (link.backlog > 0) await this.#makeRoom();
        if (now() - this.#turnedAt > TURN_MS) await this.#turn();
      }
    } finally {
      over.abort();
      await watching;
    }
  }

  async #sleep(): Promise<void> {
    this.link.announce();
    const since = now();
    await this.link.whenReady();
    this.#turnedAt = now();
    this.#lookout.slept(this.#turnedAt - since);
  }

  /** A result waits for room: the pool is busy with something else. */
  async #makeRoom(): Promise<void> {
    while (this.link.backlog > 0 && !this.link.isPeerGone(true)) await this.link.whenRoom();
  }

  async #turn(): Promise<void> {
    await new Promise(setImmediate);
    this.#turnedAt = now();
  }

  /** Undefined when all is done; else when it is. */
  #handle(received: Received): Promise<void> | undefined {
    const { length, cell, sequence, what, four: fn, five: id } = this.#words.read(received);
    const message = (what & MOVED) === 0 ? received : { ...received, payloads: this.ferry!.collect(sequence) };
    const operation = what & OPERATION_MASK;
    if (operation === DEFINE) {
      this.#functions.set(fn, this.link.decode(message, length, NO_OPTIONS) as TargetName);
      return undefined;
    }
    if (operation === INIT) return this.#initialize(fn, this.#own(message, length));
    if (!this.board.begin(cell, sequence, (what & TIMED) !== 0)) {
      this.link.release(message);
      return undefined;
    }
    this.#lingers = (what & LINGER) !== 0;
    // From here on a cancellation finds it, also while its function is still being imported.
    const task = (this.#running = new RunningTask(id, attemptOf(what), this.setup.id, cell, sequence, this.#report));
    const callee = this.#functions.get(fn);
    const isSimple = typeof callee === 'function' && loadModules(message.bytes, 0, length) === undefined;
    if (!isSimple) return this.#runLater(task, what, fn, this.#own(message, length));
    let input: readonly unknown[];
    try {
      input = this.link.decode(message, length, NO_OPTIONS) as readonly unknown[];
    } catch (error) {
      this.#end(task, FAILED, error, now());
      return undefined;
    }
    return this.#runNow(task, what, callee, input);
  }

  /** The message in memory of its own, with what it mentions held, until it is read. */
  #own(message: Received, length: number): OwnMessage {
    const kept = this.link.keep(message, length);
    return { read: () => this.link.decode(kept, length, NO_OPTIONS) as readonly unknown[], load: () => loadModules(kept.bytes, 0, length) };
  }

  async #initialize(fn: number, message: OwnMessage): Promise<void> {
    try {
      const callee = await this.#resolve(fn);
      await message.load();
      await callee(...message.read());
    } catch (thrown) {
      this.#put(addWords(encodeThrown(thrown, 'error')), 0, 0, INIT_FAILED, 0, 0);
      return;
    }
    this.#tellReady();
  }

  async #runLater(task: RunningTask, what: number, fn: number, message: OwnMessage): Promise<void> {
    let callee: Callee;
    let input: readonly unknown[];
    try {
      // The function's module first: what it registers may be needed to rebuild the input.
      callee = await this.#resolve(fn);
      await message.load();
      input = message.read();
    } catch (error) {
      this.#end(task, FAILED, error, now());
      return;
    }
    await this.#runNow(task, what, callee, input);
  }

  async #resolve(fn: number): Promise<Callee> {
    const known = this.#functions.get(fn)!;
    if (typeof known === 'function') return known;
    const callee = (this.#resolveFirst(known) ?? (await resolveTarget(known))) as Callee;
    this.#functions.set(fn, callee);
    return callee;
  }

  /** The first task is what a program with a new pool waits for, so its module is loaded by `require` (plain-module.ts), as that of a process's target is. Undefined where it has to be imported. */
  #resolveFirst(name: TargetName): Function | undefined {
    if (!this.#isPristine) return undefined;
    this.#isPristine = false;
    if (name.kind !== 'export' || !isForNode(name.url)) return undefined;
    try {
      return resolveTargetBlocking(name);
    } catch (error) {
      if (isRefusedByRequire((error as Error).cause)) return undefined;
      throw error;
    }
  }

  #runNow(task: RunningTask, what: number, callee: Callee, input: readonly unknown[]): Promise<void> | undefined {
    setCurrentTask(task);
    const start = now();
    const operation = what & OPERATION_MASK;
    let result: unknown;
    try {
      result = (what & CONTEXT) === 0 ? call(callee, what, input) : inContext(input, (own) => call(callee, what, own));
    } catch (error) {
      this.#end(task, FAILED, error, start);
      return undefined;
    }
    if (isThenable(result)) return this.#settle(task, operation, result, start);
    this.#endWell(task, operation, result, start);
    return undefined;
  }

  async #settle(task: RunningTask, operation: number, result: PromiseLike<unknown>, start: number): Promise<void> {
    let value: unknown;
    try {
      value = await result;
    } catch (error) {
      this.#end(task, FAILED, error, start);
      return;
    } finally {
      this.#turnedAt = now();
    }
    this.#endWell(task, operation, value, start);
  }

  #endWell(task: RunningTask, operation: number, result: unknown, start: number): void {
    if (operation === CALL) {
      this.#end(task, DONE, result, start);
      return;
    }
    const { results, errors } = result as ItemsOutcome;
    if (errors === undefined) this.#end(task, DONE, results, start);
    else this.#end(task, MIXED, { results, errors }, start);
  }

  #end(task: RunningTask, outcome: number, value: unknown, start: number): void {
    this.#running = undefined;
    setCurrentTask(undefined);
    const duration = toBits(now() - start);
    const flags = this.#hasGrown() ? LARGE : 0;
    let message: Encoded;
    let what = outcome;
    try {
      message = addWords(outcome === FAILED ? encodeThrown(value, 'error') : encodeApart(value, 'result'));
    } catch (error) {
      // What cannot be sent is the task's failure, not the worker's.
      what = FAILED;
      message = addWords(encodeThrown(error, 'error'));
    }
    this.#put(message, task.cell, task.sequence, what | flags, duration, ticksAt(start));
  }

  readonly #report = (task: RunningTask, value: unknown): void => {
    if (this.#running !== task) throw new InvalidStateError(`currentTask().reportProgress(): task ${task.id} has ended.`);
    this.#put(addWords(encodeApart(value, 'progress')), task.cell, task.sequence, PROGRESS, 0, 0);
  };

  #tellReady(): void {
    const message = addWords(encode(undefined, 'ready'));
    setWords(message, 0, 0, READY, 0, ticksAt(now()));
    // Whoever waits is woken by the first result, or when this worker has nothing to do; in a long task it is found by a look of the pool's own (crew-start.ts).
    this.link.put(message);
  }

  #put(message: Encoded, cell: number, sequence: number, what: number, four: number, five: number): void {
    const isMoved = this.link.backlog === 0 && this.ferry?.move(message, sequence) === true;
    setWords(message, cell, sequence, what | (isMoved ? MOVED : 0), four, five);
    this.link.send(message);
  }

  #lookForCancel(): void {
    const task = this.#running;
    if (task !== undefined && this.board.isCancelled(task.cell, task.sequence)) task.cancel();
  }

  #hasGrown(): boolean {
    const { maxMemory } = this.setup;
    if (maxMemory === 0 || this.#isLarge || now() - this.#measuredAt < MEMORY_MS) return this.#isLarge;
    this.#measuredAt = now();
    return (this.#isLarge = process.memoryUsage.rss() > maxMemory);
  }
}

function call(callee: Callee, what: number, input: readonly unknown[]): unknown {
  const operation = what & OPERATION_MASK;
  return operation === CALL ? callee(...input) : runItems(callee, input, operation, (what & EACH) !== 0);
}

interface OwnMessage {
  /** Imports what it needs; undefined when there is nothing to import. */
  load(): Promise<void> | undefined;
  read(): readonly unknown[];
}

const NO_OPTIONS = {};
