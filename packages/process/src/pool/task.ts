/** One piece of work of a pool, from its submission to its outcome: a call, or a chunk of a map. */
import type { Encoded } from '@manycore/core/internal';
import { CALL, type MixedResults, type Operation } from './protocol.js';
import type { WorkerHandle } from './worker-handle.js';

/** What becomes of a task. Exactly one of `done`, `mixed`, `failed` and `dropped` is called, once. */
export interface TaskListener {
  done(value: unknown, task: Task): void;
  /** Of a chunk that was to go on after errors. */
  mixed(outcome: MixedResults, task: Task): void;
  failed(error: unknown, task: Task): void;
  /** Instead of `failed`: the task had not begun, and will not. Default: `failed`. */
  dropped?(error: unknown, task: Task): void;
  progress?(value: unknown, task: Task): void;
}

export interface TaskOptions {
  /** Milliseconds that one attempt may run, from its beginning; Infinity: no limit. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  /** Higher first. */
  readonly priority: number;
  /** How often it is begun again after its worker died. */
  readonly retries: number;
}

export type TaskState = 'new' | 'queued' | 'sent' | 'ended';

/** Numbers that `currentTask().id` shows; unique in a pool. */
const LAST_ID = 2 ** 31 - 1;
let lastId = 0;
const nextId = (): number => (lastId = (lastId % LAST_ID) + 1);

export class Task {
  readonly id = nextId();
  state: TaskState = 'new';
  /** From 1 on. */
  attempt = 1;
  /** The encoded input in memory of its own, where it may have to be sent again. */
  message: Encoded | undefined;
  /** Spent on encoding it since it was sent last. */
  encodeMs = 0;
  worker: WorkerHandle | undefined;
  cell = -1;
  sequence = 0;
  /** Its buffers went ahead of its message, and nobody else has them. */
  isMoved = false;
  /** Its outcome was told. Its worker may still be at it, when it was aborted or ran out of time. */
  isTold = false;
  readonly submittedAt: number;
  /** Stack lines of the submission, for errors that come from the worker. */
  readonly origin: { readonly stack?: string } | undefined;
  /** Removes what watches `options.signal`. */
  unwatch: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;

  /**
   * @param fn - number of the function in the engine's table.
   * @param input - what the message carries: the arguments, or the items; with CONTEXT, and the context.
   * @param root - what error messages call the input.
   */
  constructor(
    readonly operation: Operation,
    /** EACH, CONTEXT, both, or 0. */
    readonly flags: number,
    readonly fn: number,
    readonly input: readonly unknown[],
    readonly root: string,
    readonly options: TaskOptions,
    readonly listener: TaskListener,
    origin: { readonly stack?: string } | undefined,
    submittedAt: number,
  ) {
    this.origin = origin;
    this.submittedAt = submittedAt;
  }
  /** Whether its input is encoded when it is sent and not before. */
  get isLazy(): boolean {
    return this.operation !== CALL;
  }
}
