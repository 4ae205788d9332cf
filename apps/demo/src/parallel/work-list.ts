/**
 * All files of a parallel run and where they are: waiting, handed out, or answered.
 *
 * What a dead worker had in hand is put back. The one file it was at may be what killed it, so that file waits until everything else is
 * answered and then goes out alone; if a second worker dies of it, it is given up. Knows nothing of processes, so it is tested without.
 */

import { Planner } from '../planner.js';
import type { SourceFile } from '../walk.js';

export interface WorkBatch {
  id: number;
  files: SourceFile[];
  /** A file that has cost a worker already. */
  suspect: boolean;
}

export interface GivenBack {
  putBack: SourceFile[];
  givenUp: SourceFile[];
}

export class WorkList {
  readonly #planner: Planner;
  readonly #again: SourceFile[][] = [];
  readonly #suspects: SourceFile[] = [];
  readonly #out = new Map<number, WorkBatch>();
  #nextId = 1;
  #walking = true;

  constructor(workers: number) {
    this.#planner = new Planner(workers);
  }

  add(file: SourceFile): void {
    this.#planner.add(file);
  }

  walked(): void {
    this.#walking = false;
  }

  /** Whether every file the walk found is answered or given up. */
  get finished(): boolean {
    return !this.#walking && this.#out.size === 0 && this.#again.length === 0 && this.#planner.size === 0 && this.#suspects.length === 0;
  }

  /** The next batch, from now on handed out; undefined when there is none at the moment. */
  take(): WorkBatch | undefined {
    const files = this.#again.pop() ?? this.#planner.take();
    if (files.length > 0) return this.#handOut(files, false);
    const suspect = this.#walking || this.#out.size > 0 ? undefined : this.#suspects.pop();
    return suspect === undefined ? undefined : this.#handOut([suspect], true);
  }

  /** The files of an answered batch; undefined if it was answered before. */
  answered(id: number): SourceFile[] | undefined {
    const batch = this.#out.get(id);
    this.#out.delete(id);
    return batch?.files;
  }

  /** Puts back a batch whose worker died. `at` is the index of the file it was at, -1 if it had not begun. */
  giveBack(id: number, at: number): GivenBack {
    const batch = this.#out.get(id);
    if (batch === undefined) return { putBack: [], givenUp: [] };
    this.#out.delete(id);
    const culprit = batch.files[at];
    if (culprit === undefined) {
      this.#again.push(batch.files);
      return { putBack: batch.files, givenUp: [] };
    }
    if (batch.suspect) return { putBack: [], givenUp: [culprit] };
    this.#suspects.push(culprit);
    const others = batch.files.filter((file) => file !== culprit);
    if (others.length > 0) this.#again.push(others);
    return { putBack: batch.files, givenUp: [] };
  }

  /** The ids of all batches that are handed out. */
  handedOut(): number[] {
    return [...this.#out.keys()];
  }

  /** Takes every file that is not answered, wherever it is; the list is finished afterwards, once the walk is. */
  drain(): SourceFile[] {
    const rest = [...this.#out.values()].flatMap((batch) => batch.files).concat(...this.#again, this.#suspects, this.#planner.drain());
    this.#out.clear();
    this.#again.length = 0;
    this.#suspects.length = 0;
    return rest;
  }

  #handOut(files: SourceFile[], suspect: boolean): WorkBatch {
    const batch = { id: this.#nextId++, files, suspect };
    this.#out.set(batch.id, batch);
    return batch;
  }
}
