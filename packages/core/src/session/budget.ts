/**
 * How much memory the session may use. A container that exceeds its limit is killed (trap T9: neither touching nor reserving fails softly), so the refusal must come from us, earlier.
 */
import { InvalidStateError } from '../errors.js';
import { native } from '../native.js';
import { describe } from '../parking/deadline.js';
import { PAGE_BYTES } from './layout.js';

/** Of what the container or the machine has; the rest is for heaps, stacks and everybody else. */
const DEFAULT_SHARE = 0.75;
const SMALLEST_LIMIT_BYTES = 2 ** 20;

/** Options of `configure`. */
export interface Configuration {
  /** Bytes of shared memory that all processes of this tree may use together, at least 1 MiB. Default: three quarters of what the cgroup or the machine has. */
  memoryLimit?: number;
}

let configured: number | undefined;

/**
 * Sets what the session of this process tree is made with. Does not block and touches no memory.
 *
 * @throws InvalidStateError when the session exists already: when this process or its parent has used shared memory, or this process was started by manycore.
 * @throws TypeError, RangeError for a limit that is no number of bytes, or below 1 MiB.
 */
export function configure(configuration: Configuration): void {
  if (typeof configuration !== 'object' || configuration === null) throw new TypeError(`configure: expected an object, got ${describe(configuration)}.`);
  const { memoryLimit } = configuration;
  const pages = memoryLimit === undefined ? undefined : pagesOf(memoryLimit, 'configure: memoryLimit');
  if (native().session() >= 0) {
    throw new InvalidStateError('configure: the session exists already. Call it in the main program, before the first process, lock, queue or shared buffer is made.');
  }
  if (pages !== undefined) configured = pages;
}

function pagesOf(bytes: unknown, what: string): number {
  if (typeof bytes !== 'number' || Number.isNaN(bytes)) throw new TypeError(`${what} must be a number of bytes, got ${describe(bytes)}.`);
  if (bytes < SMALLEST_LIMIT_BYTES) throw new RangeError(`${what} must be at least ${SMALLEST_LIMIT_BYTES} bytes (1 MiB), got ${bytes}.`);
  return Math.min(Math.floor(bytes / PAGE_BYTES), 2 ** 31 - 1);
}

/** The budget for a new session, in pages: `configure`, else MANYCORE_MEMORY_LIMIT, else a share of what there is. */
export function limitPages(): number {
  if (configured !== undefined) return configured;
  const variable = process.env['MANYCORE_MEMORY_LIMIT'];
  if (variable !== undefined && variable !== '') return pagesOf(Number(variable), 'MANYCORE_MEMORY_LIMIT');
  // 0 or a huge number mean: no limit is set.
  const constrained = process.constrainedMemory();
  const total = process.getBuiltinModule('node:os').totalmem();
  return pagesOf((constrained > 0 ? Math.min(constrained, total) : total) * DEFAULT_SHARE, 'the default memory limit');
}
