import { defineError, ManycoreError } from '../errors.js';

/** More processes and threads than a session has slots for. */
export class ProcessLimitError extends ManycoreError {}
defineError(ProcessLimitError, 'ProcessLimitError', 'ERR_MANYCORE_PROCESS_LIMIT');

/** Session memory that is not one, or of another version of manycore. */
export class SessionError extends ManycoreError {}
defineError(SessionError, 'SessionError', 'ERR_MANYCORE_SESSION');
