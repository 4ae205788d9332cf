/** Names by which a child's entry and the user's modules find each other's objects, whatever copies of this package they loaded. */

/** The static method of Process that makes an instance stand for the process it is in. */
export const ADOPT: unique symbol = Symbol.for('manycore.process.adopt@1') as never;

/** Where the Process object of the current process is kept on `globalThis`. */
export const CURRENT: unique symbol = Symbol.for('manycore.process.current@1') as never;

/** Where the start method that the program has chosen is kept on `globalThis`. */
export const CHOSEN_METHOD: unique symbol = Symbol.for('manycore.start-method@1') as never;

/** Where a thread that is a child keeps the descriptors of its standard streams, on `globalThis`. */
export const THREAD_STDIO: unique symbol = Symbol.for('manycore.thread-stdio@1') as never;

/** Where a thread that is a child keeps the port that it was given, on `globalThis`. */
export const THREAD_PORT: unique symbol = Symbol.for('manycore.thread-port@1') as never;
