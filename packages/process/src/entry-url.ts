/** The program that a child process runs. This module ends up beside the folder `entry` of the build. */
export const CHILD_ENTRY = new URL('./entry/child.cjs', import.meta.url);
/** The module of the function that a worker of a pool runs. */
export const POOL_WORKER_ENTRY = new URL('./entry/pool-worker.js', import.meta.url);
