/** A worker as its pool sees it: the tasks it has, in cells of its board, and what is sent to it. */
import { encode, type Encoded } from '@manycore/core/internal';
import type { Link } from '@manycore/queues/internal';
import type { Child } from '../child.js';
import { CELLS, nextSequence, type Board } from './board.js';
import type { CrewLoad } from './crew-load.js';
import type { Ferry } from './ferry.js';
import type { FunctionTable } from './function-table.js';
import { addWords, DEFINE, LINGER, MOVED, operationWord, setWords, TIMED } from './protocol.js';
import type { Task } from './task.js';
import type { WorkerStats } from './worker-stats.js';

/** About as much work as a worker is given ahead: enough to hide the way there and back. */
const AHEAD_MS = 0.5;
/** Of short tasks, that many; half of the cells, because those of revoked tasks are used again only in turn. */
const MOST_AHEAD = CELLS / 2;
/** Weight of the last task in the average. */
const RECENT = 0.2;
/** A message larger than this goes to an idle worker only: nothing is won by having it there early, and moving it elsewhere would copy it again. */
const LARGE_BYTES = 64 * 1024;

/** `starting`: its initializer has not run yet. `retiring`: it gets no more tasks. `leaving`: it was told that there are none. `ended`: it is dead. */
export type WorkerState = 'starting' | 'ready' | 'retiring' | 'leaving' | 'ended';

export class WorkerHandle {
  state: WorkerState = 'starting';
  /** Tasks that it has. */
  count = 0;
  /** Tasks that this process was given in its life. */
  given = 0;
  /** Whether its end is wanted: it was told to end, or is being killed. */
  isDismissed = false;
  /** Whether a wait for its messages is underway. */
  isAwaited = false;
  readonly startedAt: number;
  #averageMs = -1;
  #sequence = 0;
  #nextCell = 0;
  #isToBeWoken = false;
  readonly #cells: (Task | undefined)[] = new Array<Task | undefined>(CELLS).fill(undefined);
  readonly #defined = new Set<number>();

  constructor(
    readonly id: number,
    readonly child: Child,
    readonly link: Link,
    readonly board: Board,
    /** Of a thread. */
    readonly ferry: Ferry | undefined,
    readonly functions: FunctionTable,
    readonly stats: WorkerStats,
    readonly load: CrewLoad,
    startedAt: number,
  ) {
    this.startedAt = startedAt;
  }

  get isUsable(): boolean {
    return this.state === 'starting' || this.state === 'ready';
  }

  /** Whether a task that it is sent begins at once. */
  get isIdle(): boolean {
    return this.state === 'ready' && this.count === 0;
  }

  /** How many more tasks it should be given now. */
  get room(): number {
    if (!this.isUsable || this.link.backlog > 0) return 0;
    if (this.state === 'starting') return 1 - this.count;
    const ahead = this.#averageMs < 0 ? 2 : Math.min(MOST_AHEAD, Math.max(2, Math.ceil(AHEAD_MS / this.#averageMs)));
    return ahead - this.count;
  }

  /** Whether it has tasks that another worker could begin sooner. */
  get hasTasksAhead(): boolean {
    return this.count > 1 || (this.count === 1 && this.state === 'starting');
  }

  /** Whether a message of that size should be sent now. */
  fits(message: Encoded | undefined): boolean {
    return this.count === 0 || message === undefined || message.length <= LARGE_BYTES;
  }

  /**
   * Sends a task whose function it was told (`define`).
   * @param message - the codec's scratch will do.
   * @throws OutOfMemoryError; then nothing was sent.
   */
  send(task: Task, message: Encoded): void {
    const cell = this.#freeCell();
    this.#sequence = nextSequence(this.#sequence);
    task.isMoved = this.count === 0 && this.link.backlog === 0 && this.ferry?.move(message, this.#sequence) === true;
    const busy = this.load.busy + (this.count === 0 ? 1 : 0);
    const flags = task.flags | (task.options.timeout === Infinity ? 0 : TIMED) | (this.load.fits(busy) ? LINGER : 0) | (task.isMoved ? MOVED : 0);
    setWords(message, cell, this.#sequence, operationWord(task.operation, flags, task.attempt), task.fn, task.id);
    this.board.post(cell, this.#sequence);
    this.#put(message);
    this.#cells[cell] = task;
    this.load.busy = busy;
    this.count++;
    this.given++;
    task.worker = this;
    task.cell = cell;
    task.sequence = this.#sequence;
    task.state = 'sent';
  }

  /** Tells the worker what a number stands for, once. Before anything else is encoded. */
  define(fn: number): void {
    if (this.#defined.has(fn)) return;
    const message = addWords(encode(this.functions.get(fn).target, 'target'));
    setWords(message, 0, 0, DEFINE, fn, 0);
    this.#put(message);
    this.#defined.add(fn);
  }

  /** The task that a message is about; undefined when that is over. */
  taskAt(cell: number, sequence: number): Task | undefined {
    const task = this.#cells[cell];
    return task?.sequence === sequence ? task : undefined;
  }

  hasBegun(task: Task): boolean {
    return task.worker === this && this.board.hasBegun(task.cell, task.sequence);
  }

  /** Takes a task back; false when it has begun. */
  revoke(task: Task): boolean {
    if (!this.board.revoke(task.cell, task.sequence)) return false;
    this.free(task);
    this.given--;
    return true;
  }

  /** The task is over, or elsewhere. */
  free(task: Task): void {
    this.#cells[task.cell] = undefined;
    if (--this.count === 0) this.load.busy--;
    task.worker = undefined;
  }

  learn(ms: number): void {
    this.#averageMs = this.#averageMs < 0 ? ms : this.#averageMs + (ms - this.#averageMs) * RECENT;
  }

  /** Tasks it has, in the order they were sent. */
  tasks(): Task[] {
    return this.#cells.filter((task) => task !== undefined).sort((a, b) => a.sequence - b.sequence);
  }

  /** Lets go of the shared memory. */
  release(): void {
    this.link.close();
    this.ferry?.close();
    this.board.release();
  }

  /** The worker is woken once for all that is sent in one turn: to wake one that sleeps costs more than most tasks. */
  #put(message: Encoded): void {
    this.link.put(message);
    if (this.#isToBeWoken) return;
    this.#isToBeWoken = true;
    queueMicrotask(() => {
      this.#isToBeWoken = false;
      this.link.announce();
    });
  }

  #freeCell(): number {
    while (this.#cells[this.#nextCell] !== undefined) this.#nextCell = (this.#nextCell + 1) % CELLS;
    const cell = this.#nextCell;
    this.#nextCell = (cell + 1) % CELLS;
    return cell;
  }
}
