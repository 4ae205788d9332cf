/** Bounds that walking, reading and reporting share. */

/** A file above this is skipped, with the reason said, instead of being read into memory. */
export const ENORMOUS_BYTES = 16 * 1024 * 1024;

/** A NUL byte in this many first bytes makes a file binary (the rule git uses). */
export const BINARY_PROBE_BYTES = 8000;

/** Rows of "biggest files" and of "longest files" in results and report. */
export const TOP_COUNT = 25;

/** Rows of "most frequent identifiers" in results and report. */
export const IDENTIFIER_COUNT = 25;

/** Paths listed per reason for a skip; the rest are only counted. */
export const SKIPPED_PER_REASON = 200;

/** Segments one lane of the timeline is merged down to. */
export const SEGMENTS_PER_LANE = 400;
