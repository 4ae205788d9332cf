/** Maps a tree with worker processes, once or, with `--watch`, again and again: each further time only what has changed since. */

import { IdentifierCounts } from '../identifiers/counts.js';
import type { RunOptions, RunResult } from '../run.js';
import { Crew } from './crew.js';
import { Known } from './known.js';
import { ParallelRun } from './parallel-run.js';

export interface MapperOptions {
  /** An absolute path. */
  root: string;
  /** How many processes, at least 1. */
  workers: number;
  /** Whether there will be a second run. */
  isWatching: boolean;
}

/** What the runs of a program have in common. */
export interface MapperState {
  readonly root: string;
  readonly crew: Crew;
  readonly known: Known;
  readonly identifiers: IdentifierCounts;
  /** From 1 on. */
  runs: number;
}

export class Mapper {
  readonly #state: MapperState;

  /** Starts the workers. */
  constructor({ root, workers, isWatching }: MapperOptions) {
    this.#state = { root, crew: new Crew(root, workers), known: new Known(), identifiers: new IdentifierCounts(isWatching), runs: 0 };
  }

  /** Resolves with the map of the tree as it is now, also when workers die on the way. One run at a time. */
  async map(options: RunOptions): Promise<RunResult> {
    this.#state.runs++;
    return new ParallelRun(this.#state, options).run();
  }

  /** Ends the workers, and waits until they have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#state.crew[Symbol.asyncDispose]();
  }
}
