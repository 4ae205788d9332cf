/** The worker processes of a run: starts them, says in the results queue when one has ended, and ends those that are left. */

import { Process, functionRef } from 'manycore';
import { now } from '../batch-result.js';
import type * as workerModule from '../worker.js';
import type { WorkerMessage, WorkerTask } from './messages.js';

/** Named by where the build puts it: beside the program, whatever chunk this line ends up in. */
const target = functionRef<typeof workerModule>(new URL('./worker.js', import.meta.url), 'runWorker');

export interface Member {
  name: string;
  process: Process;
  alive: boolean;
}

export class Crew {
  readonly members: Member[] = [];

  /** Starts `count` workers. Each is daemonic: it never outlives this process. */
  start(count: number, common: Omit<WorkerTask, 'worker'>): void {
    for (let worker = 0; worker < count; worker++) {
      const name = `codemap-${worker + 1}`;
      const task: WorkerTask = { ...common, worker };
      const process = new Process({ name, target, args: [task], daemon: true }).start();
      this.members.push({ name, process, alive: true });
    }
  }

  /** Resolves when every worker has ended and the results queue says so. */
  async announceEnds(results: WorkerTask['results']): Promise<void> {
    await Promise.all(
      this.members.map(async ({ process }, worker) => {
        await process.join();
        const message: WorkerMessage = { kind: 'ended', worker, at: now() };
        await results.put(message);
      }),
    );
  }

  get alive(): Member[] {
    return this.members.filter((member) => member.alive);
  }

  /** Ends at once whoever is left, and waits until they are gone. Harmless when nobody is. */
  async dismiss(): Promise<void> {
    for (const { process } of this.members) if (process.isAlive()) process.kill();
    await Promise.all(this.members.map(({ process }) => process.join()));
  }
}

/** How a process ended, in words. */
export function howEnded(process: Process): string {
  if (process.signalCode !== null) return `signal ${process.signalCode}`;
  const reason = process.error === null ? '' : ` (${process.error.message})`;
  return `exit code ${process.exitCode}${reason}`;
}
