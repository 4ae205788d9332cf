/**
 * One run over the tree: see "How it works" in the README.
 *
 * In this process several loops go on side by side: one takes what the walk has found from its queue, and each of the others keeps one batch
 * out at a time. Who has to wait for another one waits for the next `Change`.
 */

import { BrokenExecutorError, Queue, Value, WorkerLostError } from 'manycore';
import type { DictProxy } from 'manycore';
import type { FileRow } from '../file-row.js';
import { SEGMENTS_PER_LANE } from '../limits.js';
import type { LostWorker, RunOptions, RunResult, Snapshot } from '../run.js';
import { summarize, withIdentifiers } from '../summarize.js';
import type { Summary } from '../summarize.js';
import { lanesOf, mergeSegments, monotonicNow } from '../timeline.js';
import type { Lane, Segment, Span } from '../timeline.js';
import { Change } from './change.js';
import { findFiles } from './find-files.js';
import type { Finding } from './find-files.js';
import { mapBatch } from './map-batch.js';
import type { BatchResult } from './map-batch.js';
import type { MapperState } from './mapper.js';
import { TallySum } from './tally.js';
import { WorkList } from './work-list.js';
import type { WorkBatch } from './work-list.js';

type Table = DictProxy<string, FileRow>;

/** How many workers may die before the walk is given up. */
const WALK_RETRIES = 9;

export class ParallelRun {
  readonly #state: MapperState;
  readonly #options: RunOptions;
  readonly #startedAt: number;
  readonly #findings = new Queue<Finding>();
  readonly #seen = new Value('u32');
  readonly #list: WorkList;
  readonly #tallies: TallySum;
  readonly #change = new Change();
  readonly #batches = new Map<number, Omit<Segment, keyof Span>>();
  readonly #lost: Omit<LostWorker, 'name'>[] = [];
  #found = 0;
  #foundBytes = 0;
  #walkMs: number | null = null;
  #counted = 0;
  #notReached = 0;

  constructor(state: MapperState, options: RunOptions) {
    this.#state = state;
    this.#options = options;
    // What the start of the workers takes belongs to the first run.
    const startedAgo = state.runs === 1 ? performance.now() - state.crew.startedAt : 0;
    this.#startedAt = monotonicNow() - startedAgo;
    this.#list = new WorkList(state.crew.workers);
    this.#tallies = new TallySum(state.crew.tallies);
  }

  async run(): Promise<RunResult> {
    const { crew, known } = this.#state;
    const { stop, observe } = this.#options;
    const onStop = (): void => {
      crew.stop.set();
      this.#change.notify();
    };
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    observe(() => this.#snapshot());
    known.begin();
    try {
      const walk = this.#walk();
      const table = await crew.table;
      const loops = Array.from({ length: crew.batches }, (_, number) => this.#keepOneOut(number, table));
      await Promise.all([walk, this.#takeFindings(table), ...loops]);
      return await this.#finish(table);
    } finally {
      stop.removeEventListener('abort', onStop);
      this.#findings.close();
    }
  }

  /** A task like any other, and the first: one worker walks while the others begin with what it finds. */
  async #walk(): Promise<void> {
    const { root, crew } = this.#state;
    try {
      await crew.pool.apply(findFiles, [root, this.#findings, this.#seen, crew.stop], { retries: WALK_RETRIES });
    } catch (error) {
      if (!this.#isInterrupted(error)) throw error;
    } finally {
      // Whoever takes from the queue sees the end when it is empty.
      this.#findings.shutdown();
    }
  }

  async #takeFindings(table: Table): Promise<void> {
    const { known } = this.#state;
    const skips = new Map<string, FileRow>();
    for await (const finding of this.#findings) {
      for (const file of finding.files) {
        if (!known.isNew(file)) continue;
        this.#list.add(file);
        this.#found++;
        this.#foundBytes += file.size;
      }
      for (const { path, ...row } of finding.skips) {
        known.skipped(path);
        skips.set(path, row);
      }
      this.#change.notify();
    }
    this.#walkMs = this.#elapsed();
    this.#list.walked();
    this.#change.notify();
    await table.update(skips);
  }

  /** Sends out one batch after the other, each counted in the record `number` of the tallies. */
  async #keepOneOut(number: number, table: Table): Promise<void> {
    const { stop } = this.#options;
    while (!stop.aborted && !this.#list.isFinished) {
      const batch = this.#list.take();
      if (batch === undefined) {
        await this.#change.wait();
        continue;
      }
      try {
        const paths = batch.files.map(({ path }) => path);
        this.#add(batch, await this.#state.crew.pool.apply(mapBatch, [{ number, paths }, table]));
        this.#tallies.settle(number);
      } catch (error) {
        this.#tallies.drop(number);
        if (this.#isInterrupted(error)) this.#notReached += batch.files.length;
        else if (WorkerLostError.isInstance(error)) await this.#putBack(batch, error, table);
        else throw error;
      }
      this.#change.notify();
    }
  }

  #add({ files }: WorkBatch, result: BatchResult): void {
    const { known, identifiers } = this.#state;
    this.#list.done();
    const counted = files.slice(0, result.files);
    const paths = counted.map(({ path }) => path);
    identifiers.add(result.dictionary, paths, result.identifiers);
    for (const file of counted) known.counted(file);
    this.#batches.set(result.taskId, { files: result.files, bytes: result.bytes, first: paths[0] ?? '' });
    this.#counted += result.files;
    this.#notReached += files.length - result.files;
  }

  async #putBack(batch: WorkBatch, { pid, exitCode, signal }: WorkerLostError, table: Table): Promise<void> {
    const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
    const givenUp = this.#list.lost(batch);
    this.#lost.push({ pid: pid ?? 0, how, filesPutBack: givenUp === undefined ? batch.files.length : 0 });
    if (givenUp === undefined) return;
    this.#state.known.counted(givenUp);
    this.#state.identifiers.forget(givenUp.path);
    await table.set(givenUp.path, { reason: 'lost', detail: `two workers died at it, the second by ${how}` });
  }

  async #finish(table: Table): Promise<RunResult> {
    const { crew, known, identifiers, runs } = this.#state;
    const { stop } = this.#options;
    this.#notReached += this.#list.drain().length;
    // A walk that was stopped has not seen everything that is there.
    const gone = stop.aborted ? [] : known.takeGone();
    for (const path of gone) identifiers.forget(path);
    await Promise.all(gone.map((path) => table.delete(path)));
    const summary = await table.transact(summarize);
    const lanes = this.#lanes();
    return {
      map: withIdentifiers(summary, identifiers),
      mode: 'parallel',
      workers: crew.workers,
      elapsedMs: this.#elapsed(),
      walkMs: this.#walkMs ?? 0,
      counted: this.#counted,
      gone: gone.length,
      partial: stop.aborted,
      notReached: this.#notReached,
      lanes,
      slowest: crew.slowest.take(),
      lostWorkers: this.#lostWorkers(lanes),
      sharedTotalAgrees: runs === 1 ? this.#agrees(summary) : null,
    };
  }

  #lanes(): Lane[] {
    const lanes = lanesOf(this.#state.crew.pool.timeline(), this.#startedAt, this.#batches);
    return lanes.map((lane) => ({ ...lane, segments: mergeSegments(lane.segments, SEGMENTS_PER_LANE) }));
  }

  /** Those that died of a batch told how; those that had none, or walked the tree, are known by their replacement. Not those that Ctrl-C reached before they could ignore it. */
  #lostWorkers(lanes: readonly Lane[]): LostWorker[] {
    const lost = this.#lost.map((worker) => ({ name: nameOf(worker.pid, lanes), ...worker }));
    if (this.#options.stop.aborted) return lost;
    const known = new Set(lost.map(({ pid }) => pid));
    const others = lanes.flatMap(({ name, deaths }) => deaths.filter(({ pid }) => !known.has(pid)).map(({ pid }) => ({ name, pid, how: 'cause not known', filesPutBack: 0 })));
    return [...lost, ...others];
  }

  #agrees({ totals, histogram }: Summary): boolean {
    const shared = this.#tallies.read();
    const fields = ['files', 'bytes', 'lines', 'identifiers'] as const;
    return fields.every((field) => shared[field] === totals[field]) && histogram.every((files, bucket) => files === shared.histogram[bucket]);
  }

  #snapshot(): Snapshot {
    const walking = this.#walkMs === null;
    return { ...this.#tallies.read(), found: walking ? this.#seen.value : this.#found, foundBytes: this.#foundBytes, walking };
  }

  /** Ctrl-C also reaches workers that have not got as far as ignoring it. So many may end of it that the pool gives up. */
  #isInterrupted(error: unknown): boolean {
    return this.#options.stop.aborted && BrokenExecutorError.isInstance(error);
  }

  #elapsed(): number {
    return monotonicNow() - this.#startedAt;
  }
}

const nameOf = (pid: number, lanes: readonly Lane[]): string => lanes.find(({ pids }) => pids.includes(pid))?.name ?? `worker of pid ${pid}`;
