/** What becomes of the tasks of a worker that died: those that had not begun are whole, and go elsewhere; those that had are lost with it. */
import { newBytes, type Encoded } from '@manycore/core/internal';
import type { Received } from '@manycore/queues/internal';
import { Words } from './protocol.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

export interface LostTasks {
  /** Had begun, or cannot be begun again. */
  readonly lost: readonly Task[];
  /** Had not begun; in the order they were sent. */
  readonly whole: readonly Task[];
}

/** Takes all tasks from a dead worker, whose results were collected before. */
export function takeTasks(worker: WorkerHandle): LostTasks {
  const tasks = worker.tasks();
  const lost = tasks.filter((task) => task.isMoved || worker.hasBegun(task));
  const whole = tasks.filter((task) => !lost.includes(task));
  if (whole.some(({ message }) => message === undefined)) reclaimMessages(worker, whole);
  for (const task of tasks) worker.free(task);
  return { lost, whole };
}

/**
 * Takes back what a worker was given behind a task for which it is to be killed, so that nothing else is lost with it; the last first. `isOver`: one of them has begun, so that task has just ended and its
 * result is on the way.
 */
export function takeBehind(worker: WorkerHandle, task: Task): { readonly whole: readonly Task[]; readonly isOver: boolean } {
  const behind = worker.tasks().filter(({ sequence }) => sequence > task.sequence);
  const whole = behind.filter((other) => worker.revoke(other)).reverse();
  return { whole, isOver: whole.length < behind.length };
}

/** The inputs that were sent without keeping a copy: the worker did not take them, so they are still in the ring. One that it had just taken is encoded again, from the very values that were given. */
function reclaimMessages(worker: WorkerHandle, tasks: readonly Task[]): void {
  const words = new Words();
  for (const received of worker.link.reclaim()) {
    const { cell, sequence } = words.read(received);
    const task = tasks.find((candidate) => candidate.cell === cell && candidate.sequence === sequence);
    if (task !== undefined && task.message === undefined) task.message = stored(received);
    else worker.link.release(received);
  }
}

/** A received message as one to be sent; the blocks that it mentions are held as long as it is referred to. */
function stored({ bytes: source, length: head, payloads, blocks }: Received): Encoded {
  const bytes = newBytes(Math.ceil(head / 8) * 8);
  source.copy(bytes, 0, 0, head);
  const message: Encoded = {
    bytes,
    words: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
    head,
    payloads: payloads.map((payload) => new Uint8Array(payload)),
    length: payloads.reduce((sum, { byteLength }) => sum + byteLength, head),
    refs: blocks,
    movePayloads: () => false,
    commit: () => undefined,
    keep: () => message,
    append: () => {
      throw new TypeError('manycore: this message has its words already');
    },
  };
  return message;
}
