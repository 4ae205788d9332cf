/** The program that a child process runs. This module lies beside the folder `entry` in the sources and in the build, so the path holds in both. */
export const CHILD_ENTRY = new URL('./entry/child.js', import.meta.url);
