/** The worker process. A module of its own, so that a child imports the counting and nothing of the command line or the report. */

import { QueueShutdownError } from 'manycore';
import { analyzeBatch } from './analyze-batch.js';
import { now, sumOf } from './batch-result.js';
import { IdentifierDictionary } from './identifier-dictionary.js';
import { ControlBoard } from './parallel/control-board.js';
import { LiveTotals } from './parallel/live-totals.js';
import type { WorkItem, WorkerTask } from './parallel/messages.js';

/**
 * Takes batches until the queue is shut down. Blocking throughout: a worker has nothing else to do.
 *
 * The order of the steps decides what a kill between two of them leaves: the board names the batch from its first file until after its
 * result is in the queue, so a batch is either answered, or known to be in hand, or still queued.
 */
export function runWorker(task: WorkerTask): void {
  const { worker, root, work, results, lock } = task;
  const control = new ControlBoard(task.control);
  const totals = new LiveTotals(task.totals);
  const dictionary = new IdentifierDictionary();
  // Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
  process.on('SIGINT', () => undefined);
  results.putSync({ kind: 'ready', worker, at: now() });

  for (let item = take(work); item !== undefined; item = take(work)) {
    control.hold(worker, item.id);
    const result = analyzeBatch(root, item.paths, dictionary, {
      before: (index) => {
        control.holdFile(worker, index);
        return !control.stopped;
      },
    });
    const sum = sumOf(result);
    {
      using _held = lock.holdSync();
      totals.add(worker, sum);
    }
    results.putSync({ kind: 'batch', worker, id: item.id, result });
    control.letGo(worker);
  }
}

function take(work: WorkerTask['work']): WorkItem | undefined {
  try {
    return work.getSync();
  } catch (error) {
    if (QueueShutdownError.isInstance(error)) return undefined;
    throw error;
  }
}
