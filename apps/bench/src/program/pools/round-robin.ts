import type { Answer, Request } from './messages.js';
import type { TaskName } from './task-pool.js';

/** One worker of a hand-written pool. */
export interface Peer {
  send(request: Request, moved?: ArrayBuffer): void;
  /** Sets who is told of answers, and of an end that nobody asked for. */
  listen(onAnswer: (answer: Answer) => void, onLost: (error: Error) => void): void;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** What a program writes that has no pool: tasks go to the workers in turn, and the number in an answer says whose it is. */
export class RoundRobin {
  readonly #peers: readonly Peer[];
  readonly #waiters = new Map<number, Waiter>();
  #sent = 0;
  #lost: Error | undefined;

  constructor(peers: readonly Peer[]) {
    this.#peers = peers;
    for (const peer of peers) peer.listen((answer) => this.#settle(answer), (error) => this.#fail(error));
  }

  run(task: TaskName, value: unknown, moved?: ArrayBuffer): Promise<unknown> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      const id = this.#sent++;
      this.#waiters.set(id, { resolve, reject });
      (this.#peers[id % this.#peers.length] as Peer).send({ id, task, value }, moved);
    });
  }

  #settle({ id, value }: Answer): void {
    const waiter = this.#waiters.get(id);
    if (waiter === undefined) throw new Error(`An answer came to task ${id}, for which nobody waits.`);
    this.#waiters.delete(id);
    waiter.resolve(value);
  }

  /** The tasks of the others fail with it: this is a measurement, which is void. */
  #fail(error: Error): void {
    this.#lost ??= error;
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
  }
}
