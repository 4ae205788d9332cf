/** What travels in a queue or pipe row. Bytes of a megabyte are a kind of their own because fewer of them are sent. */
export const PAYLOADS = ['object', 'string20', 'string100', 'bytes1k', 'bytes1m'] as const;
export type Payload = (typeof PAYLOADS)[number];

/**
 * The order given to a measuring program, as JSON in its first argument. The programs of Node and of Python read the same one, so that no
 * contender is given less to do than another.
 */
export interface Work {
  /** Id of the scenario. */
  readonly scenario: string;
  /** Operations inside the clock. */
  readonly operations: number;
  /** Operations before the clock starts: compilers and caches get warm. */
  readonly warmup: number;
  /** Queue and pipe rows: what is sent. */
  readonly payload?: Payload;
  /** Queue rows: bound of the queue; 0 is unbounded. */
  readonly maxSize?: number;
  /** Array rows: size of the array. */
  readonly arrayBytes?: number;
  /** Lock rows: how long each holder keeps the lock, in nanoseconds; 0 is not at all. */
  readonly holdNs?: number;
  /** Rows that start something: rest before each operation, outside of the clock, so that what is prepared in the background can be. */
  readonly pauseMs?: number;
}

/** What a measuring program saw with its own eyes, for the scenario to judge. */
export interface Evidence {
  /** Items or echoes compared, content and order, with what was sent; turns or meetings, of both sides together, compared with what was due. */
  readonly checked?: number;
  /** Last value of the counter that was raised by plain additions: under the lock, one for each turn, or one for each meeting. */
  readonly counter?: number;
  /** Acquisitions of each of the two processes. */
  readonly shares?: readonly number[];
  /** The lock refused a second holder while it was held, and was free at the end. */
  readonly excluded?: boolean;
  /** Processes that ran to their end and said so. */
  readonly ran?: number;
}

/** How long single waits took, where each was measured. */
export interface Waits {
  readonly count: number;
  readonly p99Ns: number;
}

/** What a measuring program prints, as one line of JSON. */
export interface Outcome {
  readonly operations: number;
  /** Time on the program's own clock divided by the operations; the start of the program is not in it. */
  readonly nsPerOp: number;
  readonly evidence: Evidence;
  /** For rows whose figure it is. */
  readonly waits?: Waits;
  /** Private memory of one process, for rows whose figure it is. */
  readonly bytes?: number;
}
