import { session } from './session.js';

/** What `memoryUsage` found. */
export interface MemoryUsage {
  /** Bytes that the kernel holds for the session right now. */
  allocatedBytes: number;
  /** Bytes that count against the budget: what objects in use may touch. */
  chargedBytes: number;
  /** The budget: `configure({ memoryLimit })`. */
  limitBytes: number;
}

/** What the shared memory of this process tree uses. Does not block; a snapshot. */
export function memoryUsage(): MemoryUsage {
  return session().memoryUsage();
}
