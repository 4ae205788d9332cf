import { ManycoreError } from '@manycore/core';
import { defineError, type ManycoreErrorOptions } from '@manycore/core/internal';

/** How a process ended: one of the two is null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A process that could not be started, must not be started here, or ended before it could do what it was started for. */
export class ProcessError extends ManycoreError {
  /** Absent when the process never came into being. */
  readonly pid?: number;
  readonly exitCode?: number | null;
  readonly signal?: string | null;

  constructor(message: string, options: ManycoreErrorOptions & { pid?: number; end?: ProcessEnd } = {}) {
    super(message, options);
    if (options.pid !== undefined) this.pid = options.pid;
    if (options.end === undefined) return;
    this.exitCode = options.end.exitCode;
    this.signal = options.end.signal;
  }
}
defineError(ProcessError, 'ProcessError', 'ERR_MANYCORE_PROCESS');

/** A process was started by a module while a child was still importing it: the start-up code of that module lacks its guard. */
export class BootstrappingError extends ProcessError {}
defineError(BootstrappingError, 'BootstrappingError', 'ERR_MANYCORE_BOOTSTRAPPING');
