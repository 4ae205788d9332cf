/** Tasks that wait for a worker: higher priority first, then in the order they came. What was given up is skipped when its turn comes. */
import type { Task } from './task.js';

/** A queue whose front costs nothing: an array and where it begins. */
class Fifo {
  #items: (Task | undefined)[] = [];
  #at = 0;
  /** Put back: before all others, the last one first. */
  readonly #front: Task[] = [];

  push(task: Task): void {
    this.#items.push(task);
  }

  unshift(task: Task): void {
    this.#front.push(task);
  }

  shift(): Task | undefined {
    const returned = this.#front.pop();
    if (returned !== undefined) return returned;
    if (this.#at === this.#items.length) return undefined;
    const task = this.#items[this.#at];
    this.#items[this.#at++] = undefined;
    if (this.#at === this.#items.length) this.#clear();
    else if (this.#at > COMPACT_AT && this.#at * 2 > this.#items.length) this.#compact();
    return task;
  }

  #clear(): void {
    this.#items = [];
    this.#at = 0;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#at);
    this.#at = 0;
  }
}

const COMPACT_AT = 1024;

export class TaskQueue {
  /** Of tasks that wait and were not given up. */
  size = 0;
  readonly #byPriority = new Map<number, Fifo>();
  /** Highest first. */
  #priorities: number[] = [];

  push(task: Task): void {
    task.state = 'queued';
    this.#fifo(task.options.priority).push(task);
    this.size++;
  }

  /** Puts a task back that was taken, before all others of its priority. */
  unshift(task: Task): void {
    task.state = 'queued';
    this.#fifo(task.options.priority).unshift(task);
    this.size++;
  }

  /** A waiting task was given up: it is no longer counted, and will not be taken. */
  forget(task: Task): void {
    task.state = 'ended';
    this.size--;
  }

  take(): Task | undefined {
    if (this.size === 0) {
      if (this.#priorities.length > 0) this.#empty();
      return undefined;
    }
    for (const priority of this.#priorities) {
      const fifo = this.#byPriority.get(priority)!;
      for (let task = fifo.shift(); task !== undefined; task = fifo.shift()) {
        if (task.state !== 'queued') continue;
        this.size--;
        return task;
      }
    }
    return undefined;
  }

  /** Takes all. */
  *drain(): Generator<Task> {
    for (let task = this.take(); task !== undefined; task = this.take()) yield task;
  }

  #empty(): void {
    this.#byPriority.clear();
    this.#priorities = [];
  }

  #fifo(priority: number): Fifo {
    let fifo = this.#byPriority.get(priority);
    if (fifo === undefined) {
      this.#byPriority.set(priority, (fifo = new Fifo()));
      this.#priorities.push(priority);
      this.#priorities.sort((a, b) => b - a);
    }
    return fifo;
  }
}
