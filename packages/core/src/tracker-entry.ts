/** The tracker's program: the same from the sources and from the build. */
export const TRACKER_ENTRY = new URL('../dist/tracker.js', import.meta.url);
