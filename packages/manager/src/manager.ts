import type { ManagerOptions } from './manager-options.js';
import { SyncManager } from './sync-manager.js';

/**
 * A started `SyncManager`. `await using manager = await Manager()` shuts it down at the end of the block.
 *
 * @throws as `new SyncManager(options)` and `start()`.
 * @see Python `multiprocessing.Manager`. Differs: a promise.
 */
export function Manager(options: ManagerOptions = {}): Promise<SyncManager> {
  return new SyncManager(options).start();
}
