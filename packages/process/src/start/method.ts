/** The ways to start a child. */

/**
 * `'spawn'`: a fresh Node process. `'forkserver'`: a Node process that was booted ahead, with the modules of `setForkserverPreload`
 * imported. `'thread'`: a worker thread of this process.
 */
export type StartMethod = 'forkserver' | 'spawn' | 'thread';

/** The default first. */
export const START_METHODS: readonly StartMethod[] = ['forkserver', 'spawn', 'thread'];
