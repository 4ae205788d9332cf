import { ManycoreError } from '@manycore/core';
import { defineError } from '@manycore/core/internal';

/** A type that is not registered, a method that is not exposed, an object that was given back, or a server that is gone. Python: `RemoteError`, `EOFError`, `ConnectionRefusedError` of proxies. */
export class ManagerError extends ManycoreError {}
defineError(ManagerError, 'ManagerError', 'ERR_MANYCORE_MANAGER');
