/** The program that a child process runs. This module ends up beside the folder `entry` of the build. */
export const CHILD_ENTRY = new URL('./entry/child.cjs', import.meta.url);
