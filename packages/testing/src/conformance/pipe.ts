/** `Pipe`: two ends that any participants may hold, in messages, in deaths, and on their way to others. */
import type { Case } from './contract.js';
import type { LockLike } from './exclusion.js';
import type { ConnectionLike } from './messages.js';
import { pipeDeathCases, pipeDeathPrograms } from './pipe-deaths.js';
import { pipeTrafficCases, pipeTrafficPrograms } from './pipe-traffic.js';
import { pipeTravelCases, pipeTravelPrograms } from './pipe-travel.js';
import type { QueueLike } from './queue.js';

/** What the cases make. */
export interface PipeKit {
  pipe(options?: { duplex?: boolean }): [ConnectionLike, ConnectionLike];
  queue(maxSize?: number): QueueLike;
  lock(): LockLike;
}

export const pipePrograms = { ...pipeTrafficPrograms, ...pipeDeathPrograms, ...pipeTravelPrograms };

export const pipeCases = (): Case<PipeKit>[] => [...pipeTrafficCases(), ...pipeDeathCases(), ...pipeTravelCases()];
