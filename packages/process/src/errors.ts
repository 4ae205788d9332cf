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
  declare readonly pid?: number;
  declare readonly exitCode?: number | null;
  declare readonly signal?: string | null;

  constructor(message: string, options: ManycoreErrorOptions & { pid?: number; end?: ProcessEnd } = {}) {
    super(message, options);
    const { pid, end } = options;
    Object.assign(this, pid === undefined ? {} : { pid }, end);
  }
}
defineError(ProcessError, 'ProcessError', 'ERR_MANYCORE_PROCESS');

/** A process was started by a module while a child was still importing it: the start-up code of that module lacks its guard. */
export class BootstrappingError extends ProcessError {}
defineError(BootstrappingError, 'BootstrappingError', 'ERR_MANYCORE_BOOTSTRAPPING');
