import { packageFile } from './installation.js';

/** The tracker's program, the same from the sources and from the build; undefined when it is missing. */
export const trackerEntry = (): string | undefined => packageFile('@manycore/core', 'dist/tracker.js', import.meta.url);
