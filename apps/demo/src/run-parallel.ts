/**
 * Maps a tree with worker processes.
 *
 * Three loops run side by side in this process: one walks the tree in short slices, one keeps a short queue of batches filled, biggest files
 * first, one adds up what comes back. The queue is short so that a stop, and the order of sizes, take effect soon. All news, the end of a
 * worker included, arrive through one queue, so a worker's last results are always counted before its death is dealt with.
 */

import { setImmediate } from 'node:timers/promises';
import { Lock, Queue } from 'manycore';
import { Aggregate } from './aggregate.js';
import { handledFiles, now, sumOf } from './batch-result.js';
import type { BatchSum } from './batch-result.js';
import { SEGMENTS_PER_LANE } from './limits.js';
import { Change } from './parallel/change.js';
import { ControlBoard } from './parallel/control-board.js';
import { Crew, howEnded } from './parallel/crew.js';
import { LiveTotals, emptySum } from './parallel/live-totals.js';
import type { WorkItem, WorkerMessage } from './parallel/messages.js';
import { WorkList } from './parallel/work-list.js';
import type { LostWorker, RunOptions, RunResult, Snapshot } from './run.js';
import { addSegment, mergeSegments, newLane } from './timeline.js';
import type { Lane } from './timeline.js';
import { walk } from './walk.js';

const BATCHES_QUEUED_PER_WORKER = 2;
/** The walk lets the other loops have their turn after this long. */
const WALK_SLICE_MS = 8;
/** After a death: how often to look for batches that nobody has. Two looks must agree. */
const SEARCH_INTERVAL_MS = 250;

export interface ParallelOptions extends RunOptions {
  /** How many processes, at least 1. */
  workers: number;
}

/** Resolves with the map of the tree, also when workers die on the way; rejects only when processes cannot be started at all. */
export async function runParallel(options: ParallelOptions): Promise<RunResult> {
  return new ParallelRun(options).run();
}

class ParallelRun {
  readonly #options: ParallelOptions;
  readonly #startedAt = now();
  readonly #aggregate = new Aggregate();
  readonly #list: WorkList;
  readonly #crew = new Crew();
  readonly #work: Queue<WorkItem>;
  readonly #results = new Queue<WorkerMessage>();
  readonly #lock = new Lock();
  readonly #control: ControlBoard;
  readonly #totals: LiveTotals;
  /** What each worker's results say, against which its row of the shared total is checked. */
  readonly #answered: BatchSum[];
  readonly #lanes: Lane[] = [];
  readonly #lostWorkers: LostWorker[] = [];
  readonly #change = new Change();
  /** Aborted when no batch is to be handed out any more. */
  readonly #noMore = new AbortController();
  #found = 0;
  #foundBytes = 0;
  #walkMs: number | null = null;
  #notReached = 0;
  #final: Snapshot | undefined;

  constructor(options: ParallelOptions) {
    this.#options = options;
    this.#list = new WorkList(options.workers);
    this.#work = new Queue<WorkItem>(options.workers * BATCHES_QUEUED_PER_WORKER);
    this.#control = ControlBoard.create(options.workers);
    this.#totals = LiveTotals.create(options.workers);
    this.#answered = Array.from({ length: options.workers }, emptySum);
  }

  async run(): Promise<RunResult> {
    const { root, workers, stop } = this.#options;
    const onStop = (): void => {
      this.#control.stop();
      this.#endFeeding();
    };
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      const shared = {
        work: this.#work,
        results: this.#results,
        lock: this.#lock,
        control: this.#control.memory,
        totals: this.#totals.memory,
      };
      this.#crew.start(workers, { root, ...shared });
      this.#crew.members.forEach(({ name, process }) => this.#lanes.push(newLane(name, process.pid ?? 0)));
      this.#options.watch(() => this.#snapshot());
      await Promise.all([this.#walk(), this.#feed(), this.#collect(), this.#crew.announceEnds(this.#results)]);
      return await this.#finish();
    } finally {
      stop.removeEventListener('abort', onStop);
      await this.#crew.dismiss();
      this.#work.close();
      this.#results.close();
    }
  }

  async #walk(): Promise<void> {
    let sliceEnd = performance.now() + WALK_SLICE_MS;
    for (const event of walk(this.#options.root)) {
      if (this.#noMore.signal.aborted) break;
      if ('skip' in event) {
        this.#aggregate.addSkip(event.skip);
      } else {
        this.#list.add(event.file);
        this.#found++;
        this.#foundBytes += event.file.size;
      }
      if (performance.now() < sliceEnd) continue;
      this.#change.notify();
      await setImmediate();
      sliceEnd = performance.now() + WALK_SLICE_MS;
    }
    this.#walkMs = now() - this.#startedAt;
    this.#list.walked();
    this.#change.notify();
  }

  async #feed(): Promise<void> {
    const { signal } = this.#noMore;
    while (!signal.aborted && !this.#list.finished) {
      const batch = this.#list.take();
      if (batch === undefined) {
        await this.#change.wait();
        continue;
      }
      try {
        await this.#work.put({ id: batch.id, paths: batch.files.map((file) => file.path) }, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
    this.#work.shutdown({ immediate: signal.aborted });
  }

  /** No further batch goes out; those still queued are taken back when the feeding loop ends. */
  #endFeeding(): void {
    this.#noMore.abort();
    this.#change.notify();
  }

  async #collect(): Promise<void> {
    let search: NodeJS.Timeout | undefined;
    try {
      while (this.#crew.alive.length > 0) {
        const message = await this.#results.get();
        if (message.kind === 'ready') this.#lanes[message.worker]!.readyAt = message.at - this.#startedAt;
        else if (message.kind === 'batch') await this.#addBatch(message);
        else if (await this.#workerEnded(message)) search ??= this.#searchRegularly();
        this.#change.notify();
      }
    } finally {
      clearInterval(search);
    }
  }

  async #addBatch({ worker, id, result }: Extract<WorkerMessage, { kind: 'batch' }>): Promise<void> {
    const sum = sumOf(result);
    const files = this.#list.answered(id);
    if (files === undefined) {
      // Searched for and given to somebody else although it was only slow: the first answer counts.
      this.#aggregate.ignoreBatch(worker, result);
      await this.#lock.withLock(() => this.#totals.subtract(worker, sum));
      return;
    }
    this.#aggregate.addBatch(worker, files, result);
    this.#notReached += files.length - handledFiles(result);
    const answered = this.#answered[worker]!;
    for (const field of Object.keys(sum) as (keyof BatchSum)[]) answered[field] += sum[field];
    addSegment(this.#lanes[worker]!, {
      start: result.startedAt - this.#startedAt,
      end: result.endedAt - this.#startedAt,
      files: handledFiles(result),
      bytes: sum.bytes,
    });
  }

  /** Whether it ended too early: then what it had in hand is put back and its part of the shared total set right. */
  async #workerEnded({ worker, at }: Extract<WorkerMessage, { kind: 'ended' }>): Promise<boolean> {
    const member = this.#crew.members[worker]!;
    member.alive = false;
    if (this.#crew.alive.length === 0) this.#endFeeding();
    if (member.process.exitCode === 0) return false;

    // Ctrl-C reaches a worker that has not got as far as ignoring it: it has done nothing yet, and is not missed.
    if (this.#options.stop.aborted && member.process.signalCode === 'SIGINT') return false;

    const how = howEnded(member.process);
    this.#lanes[worker]!.diedAt = at - this.#startedAt;
    const held = this.#control.held(worker);
    const { putBack, givenUp } = this.#list.giveBack(held.batch, held.file);
    for (const { path } of givenUp)
      this.#aggregate.addSkip({ path, reason: 'lost', detail: `two workers died at it, the second by ${how}` });
    this.#lostWorkers.push({ name: member.name, pid: this.#lanes[worker]!.pid, how, filesPutBack: putBack.length });
    await this.#lock.withLock(() => this.#totals.repair(worker, this.#answered[worker]!));
    if (this.#lock.abandoned) this.#lock.recover();
    return true;
  }

  /**
   * A worker killed between taking a batch from the queue and writing it on the board has it in hand without a trace. So once somebody
   * has died: what is handed out, yet neither queued nor on the board of a living worker at two looks in a row, is put back.
   */
  #searchRegularly(): NodeJS.Timeout {
    let before = new Set<number>();
    return setInterval(() => {
      const inHand = new Set(this.#crew.members.map(({ alive }, worker) => (alive ? this.#control.held(worker).batch : 0)));
      const missing = this.#work.empty() ? this.#list.handedOut().filter((id) => !inHand.has(id)) : [];
      for (const id of missing) if (before.has(id)) this.#list.giveBack(id, -1);
      before = new Set(missing);
      this.#change.notify();
    }, SEARCH_INTERVAL_MS);
  }

  async #snapshot(): Promise<Snapshot> {
    if (this.#final !== undefined) return this.#final;
    const { files, skipped, bytes, lines } = await this.#lock.withLock(() => this.#totals.total());
    return { found: this.#found, foundBytes: this.#foundBytes, walking: this.#walkMs === null, files, skipped, bytes, lines };
  }

  async #finish(): Promise<RunResult> {
    const { workers, stop } = this.#options;
    const rest = this.#list.drain();
    if (stop.aborted) this.#notReached += rest.length;
    else for (const { path } of rest) this.#aggregate.addSkip({ path, reason: 'lost', detail: 'no worker was left' });
    this.#final = await this.#snapshot();
    const shared = await this.#lock.withLock(() => this.#totals.total());
    const map = this.#aggregate.finish();
    const { files, bytes, lines, identifiers } = map.totals;
    return {
      map,
      mode: 'parallel',
      workers,
      elapsedMs: now() - this.#startedAt,
      walkMs: this.#walkMs ?? 0,
      partial: stop.aborted,
      notReached: this.#notReached,
      lanes: this.#lanes.map((lane) => ({ ...lane, segments: mergeSegments(lane.segments, SEGMENTS_PER_LANE) })),
      lostWorkers: this.#lostWorkers,
      sharedTotalAgrees: shared.files === files && shared.bytes === bytes && shared.lines === lines && shared.identifiers === identifiers,
    };
  }
}
