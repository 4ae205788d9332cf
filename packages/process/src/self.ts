/** Names by which a child's entry and the user's modules find each other's objects, whatever copies of this package they loaded. */

/** The static method of Process that makes an instance stand for the process it is in. */
export const ADOPT: unique symbol = Symbol.for('manycore.process.adopt@1') as never;

/** Where the Process object of the current process is kept on `globalThis`. */
export const CURRENT: unique symbol = Symbol.for('manycore.process.current@1') as never;
