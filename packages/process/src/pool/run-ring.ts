/** The last runs of tasks, in arrays of numbers: some 10 ns for each, 24 bytes, and no more than MOST_RUNS of them. The arrays grow as they are needed. */

/** Runs that a pool remembers. */
export const MOST_RUNS = 100_000;
const FIRST_RUNS = 1024;
/** Of one run: life, function, task. */
const NUMBERS = 3;

/** One run. */
export interface Run {
  /** Of this thread's `performance.now()`. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly life: number;
  readonly fn: number;
  readonly taskId: number;
}

export class RunRing {
  /** All that there were. */
  #count = 0;
  #capacity = FIRST_RUNS;
  #starts = new Float64Array(FIRST_RUNS);
  #durations = new Float32Array(FIRST_RUNS);
  #numbers = new Int32Array(FIRST_RUNS * NUMBERS);

  add(startMs: number, durationMs: number, life: number, fn: number, taskId: number): void {
    if (this.#count === this.#capacity && this.#capacity < MOST_RUNS) this.#grow();
    const at = this.#count++ % this.#capacity;
    this.#starts[at] = startMs;
    this.#durations[at] = durationMs;
    this.#numbers[at * NUMBERS] = life;
    this.#numbers[at * NUMBERS + 1] = fn;
    this.#numbers[at * NUMBERS + 2] = taskId;
  }

  /** Those that are remembered, in the order they were added. */
  *[Symbol.iterator](): Generator<Run> {
    for (let index = Math.max(0, this.#count - this.#capacity); index < this.#count; index++) {
      const at = index % this.#capacity;
      const [life = 0, fn = 0, taskId = 0] = this.#numbers.subarray(at * NUMBERS, (at + 1) * NUMBERS);
      yield { startMs: this.#starts[at]!, durationMs: this.#durations[at]!, life, fn, taskId };
    }
  }

  #grow(): void {
    this.#capacity = Math.min(this.#capacity * 2, MOST_RUNS);
    this.#starts = grown(new Float64Array(this.#capacity), this.#starts);
    this.#durations = grown(new Float32Array(this.#capacity), this.#durations);
    this.#numbers = grown(new Int32Array(this.#capacity * NUMBERS), this.#numbers);
  }
}

function grown<A extends Float64Array | Float32Array | Int32Array>(larger: A, old: A): A {
  larger.set(old);
  return larger;
}
