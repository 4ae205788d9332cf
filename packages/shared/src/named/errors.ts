import { ManycoreError } from '@manycore/core';
import { defineError } from '@manycore/core/internal';

/** Named memory cannot be used here, or what has this name is none. Everything else of manycore works without it. */
export class NamedMemoryError extends ManycoreError {}
defineError(NamedMemoryError, 'NamedMemoryError', 'ERR_MANYCORE_NAMED_MEMORY');
