/**
 * The files of a run that wait to be counted, and what is done with those whose worker has died.
 *
 * One of them may be what killed it. So each goes out once more, alone, after all others; if a second worker dies of one that is alone, that
 * is the one, and it is given up. Knows nothing of processes, so it is tested without.
 */

import { Planner } from '../planner.js';
import type { SourceFile } from '../walk.js';

export interface WorkBatch {
  files: SourceFile[];
  /** Whether a worker has died of it before. */
  isRetry: boolean;
}

export class WorkList {
  readonly #planner: Planner;
  readonly #retries: SourceFile[] = [];
  #out = 0;
  #isWalking = true;

  constructor(workers: number) {
    this.#planner = new Planner(workers);
  }

  add(file: SourceFile): void {
    this.#planner.add(file);
  }

  /** Nothing more will be added. */
  walked(): void {
    this.#isWalking = false;
  }

  /** Whether every file is counted or given up. */
  get isFinished(): boolean {
    return !this.#isWalking && this.#out === 0 && this.#waiting === 0;
  }

  /** The next batch, which is out from now on; undefined when there is none at the moment. */
  take(): WorkBatch | undefined {
    const planned = this.#planner.take();
    const retry = planned.length > 0 || this.#isWalking ? undefined : this.#retries.pop();
    if (planned.length === 0 && retry === undefined) return undefined;
    this.#out++;
    return retry === undefined ? { files: planned, isRetry: false } : { files: [retry], isRetry: true };
  }

  /** A batch that was out is done with. */
  done(): void {
    this.#out--;
  }

  /** A batch that was out has lost its worker. Returns the file that is given up, if one is. */
  lost({ files, isRetry }: WorkBatch): SourceFile | undefined {
    this.#out--;
    if (isRetry) return files[0];
    this.#retries.push(...files);
    return undefined;
  }

  /** Takes all that waits. */
  drain(): SourceFile[] {
    return [...this.#planner.drain(), ...this.#retries.splice(0)];
  }

  get #waiting(): number {
    return this.#planner.size + this.#retries.length;
  }
}
