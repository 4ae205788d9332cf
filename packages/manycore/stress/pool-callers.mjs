/** Those who give the pool of the campaign its work, all at once, each call as soon as its last one has ended; and what they must find. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedBuffer } from 'manycore';
import * as tasks from './pool-tasks.mjs';

export const MOST_TASKS = 2 ** 19;
/** As often as it takes. */
const EVER = 1_000;
const LARGEST_BYTES = 2 ** 20;
const MOST_ITEMS = 60;
const STUCK_MS = 20;
const PAUSE_MS = 500;
const CALLERS = [['apply', 8], ['abort', 2], ['map', 2], ['imap', 2], ['hang', 1]];

export class Callers {
  /** Calls that gave what they should, that were lost with a worker, that their caller gave up, and that the end of the pool cancelled. */
  outcomes = { done: 0, lost: 0, abandoned: 0, cancelled: 0 };
  problems = [];
  /** Processes that have run a task. */
  seen = new Set();
  /** No new calls; `isEnding`: the pool is being terminated, and what it has is cancelled. */
  isOver = false;
  isEnding = false;
  /** Processes that were killed. */
  killed = new Set();
  numbers = 0;
  #retries = new Uint16Array(MOST_TASKS);
  #isDone = new Uint8Array(MOST_TASKS);
  /** How often each call has told its callbacks. */
  #told = [];
  /** The task that was lost with a process. */
  #lostWith = new Map();

  constructor(pool, next) {
    Object.assign(this, { pool, next });
  }

  get ended() {
    return Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
  }

  run() {
    return Promise.all(CALLERS.flatMap(([call, count]) => Array.from({ length: count }, () => this.#caller(call))));
  }

  async #caller(call) {
    while (!this.isOver && this.numbers < MOST_TASKS - 10 * MOST_ITEMS) {
      try {
        await this[call]();
      } catch (error) {
        this.problems.push(`${call}: ${error.stack ?? error}`);
        return;
      }
    }
  }

  async apply() {
    const { fn, job, options } = this.#work();
    await this.#end(this.pool.apply(fn, [job], { ...options, ...this.#telling(), priority: this.#below(3) }), (value) => this.#check(value, fn, job));
  }

  /** Gives up at any moment: before the task has begun, while it runs, after its end. */
  async abort() {
    const { fn, job, options } = this.#work();
    const controller = new AbortController();
    const result = this.pool.apply(fn, [job], { ...options, ...this.#telling(), signal: controller.signal });
    setTimeout(() => controller.abort(controller), this.next() * 30);
    await this.#end(result, (value) => this.#check(value, fn, job), (error) => error === controller);
  }

  async map() {
    const { fn, jobs, options } = this.#works();
    const result = this.pool.map(fn, jobs, { ...options, ...this.#telling() });
    await this.#end(result, (values) => {
      if (values.length !== jobs.length) throw new Error(`${jobs.length} items gave ${values.length} results`);
      values.forEach((value, i) => this.#check(value, fn, jobs[i]));
    });
  }

  async imap() {
    const { fn, jobs, options } = this.#works();
    const isOrdered = this.next() < 0.5;
    const results = isOrdered ? this.pool.imap(fn, jobs, options) : this.pool.imapUnordered(fn, jobs, options);
    const left = new Map(jobs.map((job) => [job.id, job]));
    let at = 0;
    for (let isMore = true; isMore; at++) {
      await this.#end(results.next(), ({ done, value }) => {
        isMore = done !== true;
        if (!isMore) return;
        const job = isOrdered ? jobs[at] : left.get(value.id);
        if (!left.delete(job?.id)) throw new Error(`a result of task ${value.id}, which was not asked for, or has one`);
        this.#check(value, fn, job);
      });
      if (this.isEnding) return;
    }
    if (at - 1 !== jobs.length) throw new Error(`${jobs.length} items gave ${at - 1} results and losses`);
  }

  /** A task that must be ended by force; its worker is replaced, and nothing else is lost. */
  async hang() {
    const [job] = this.#jobs(1, tasks.isStuck, 0);
    const result = this.pool.apply(tasks.isStuck, [job], { ...this.#telling(), timeout: STUCK_MS });
    await this.#end(result, () => Promise.reject(new Error('the end of an endless task')), ({ code }) => code === 'ERR_MANYCORE_TASK_TIMEOUT');
    await sleep(this.next() * PAUSE_MS);
  }

  /** Threads only: ends one at a random moment. */
  async endThread() {
    const [job] = this.#jobs(1, tasks.leaves, 0);
    await this.#end(this.pool.apply(tasks.leaves, [job], this.#telling()), (value) => this.#check(value, tasks.leaves, job));
  }

  /** What holds when all calls have ended. */
  audit({ begun, ended }) {
    const problems = [...this.problems];
    this.#told.forEach((count, call) => count !== 1 && problems.push(`call ${call} told its callbacks ${count} times`));
    for (let id = 0; id < this.numbers; id++) {
      if (begun[id] > this.#retries[id] + 1) problems.push(`task ${id} began ${begun[id]} times, with ${this.#retries[id]} retries`);
      if (ended[id] > begun[id]) problems.push(`task ${id} ended ${ended[id]} times, and began ${begun[id]} times`);
      if (this.#isDone[id] === 1 && ended[id] === 0) problems.push(`task ${id} has a result, and did not end`);
    }
    return problems;
  }

  #below(n) {
    return Math.floor(this.next() * n);
  }

  #work() {
    const { fn, jobs, options } = this.#works(1);
    return { fn, job: jobs[0], options };
  }

  #works(count = 1 + this.#below(MOST_ITEMS)) {
    const fn = [tasks.quick, tasks.waits, tasks.spins, tasks.carries, tasks.counts][this.#below(5)];
    const retries = [0, 1, EVER][this.#below(3)];
    const chunkSize = count === 1 ? {} : { chunkSize: 1 + this.#below(8) };
    return { fn, jobs: this.#jobs(count, fn, retries), options: { retries, ...chunkSize } };
  }

  #jobs(count, fn, retries) {
    return Array.from({ length: count }, () => {
      const id = this.numbers++;
      this.#retries[id] = retries;
      // Mostly small.
      if (fn === tasks.carries) return { id, data: tasks.bytesOf(id, Math.floor((this.next() ** 8 * LARGEST_BYTES) / Math.sqrt(count))) };
      if (fn === tasks.counts) return { id, data: new Int32Array(sharedBuffer(4).buffer, 0, 1) };
      return { id, ms: this.next() * (count === 1 ? 6 : 1) };
    });
  }

  #telling() {
    const call = this.#told.push(0) - 1;
    const tell = () => void this.#told[call]++;
    return { callback: tell, errorCallback: tell };
  }

  async #end(result, check, isMine = () => false) {
    let value;
    try {
      value = await result;
    } catch (error) {
      this.#fail(error, isMine);
      return;
    }
    await check(value);
    this.outcomes.done++;
  }

  #fail(error, isMine) {
    if (isMine(error)) this.outcomes.abandoned++;
    else if (this.isEnding && error.code === 'ERR_MANYCORE_CANCELLED') this.outcomes.cancelled++;
    else if (error.code === 'ERR_MANYCORE_WORKER_LOST') this.#lose(error);
    else throw error;
  }

  /** Only what a killed worker had begun may be lost: one task with each. */
  #lose({ pid, exitCode, task, message }) {
    this.outcomes.lost++;
    if (exitCode === tasks.LEAVES_WITH) return;
    if (!this.killed.has(pid)) throw new Error(`task ${task.id} was lost with a worker that nobody killed: ${message}`);
    if ((this.#lostWith.get(pid) ?? task.id) !== task.id) throw new Error(`tasks ${this.#lostWith.get(pid)} and ${task.id} were both lost with ${pid}`);
    this.#lostWith.set(pid, task.id);
  }

  #check(value, fn, { id, data }) {
    this.seen.add(value.pid);
    this.#isDone[id] = 1;
    if (value.id !== id || value.answer !== tasks.answerTo(id)) throw new Error(`the result of task ${id} is ${JSON.stringify(value)}`);
    if (fn === tasks.carries && Buffer.compare(value.data, tasks.bytesOf(id, data.length, 1)) !== 0) throw new Error(`the ${data.length} bytes that task ${id} gave back are damaged`);
    // The very memory that was sent.
    if (fn === tasks.counts && Atomics.add(data, 0, 1) + 1 !== Atomics.load(value.data, 0)) throw new Error(`the memory that task ${id} gave back is not the one it was given`);
  }
}
