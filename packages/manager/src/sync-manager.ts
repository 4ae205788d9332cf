import { BaseManager } from './base-manager.js';

/**
 * A manager with the types of Python's: each method makes an object in the server, and resolves with a proxy of it.
 *
 * @see Python `multiprocessing.managers.SyncManager`.
 */
export class SyncManager extends BaseManager {}
