/** Which line of the program called one of our functions. */

export interface CallSite {
  /** URL of an ES module, path of a CommonJS one. */
  file: string;
  /** Counted from 0. */
  line: number;
  column: number;
}

/** The caller of `callee`, or `undefined` when the engine does not say (code made from a string). */
export function callSiteOf(callee: Function): CallSite | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const trace: { stack?: NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.captureStackTrace(trace, callee);
    const site = trace.stack?.[0];
    const file = site?.getFileName();
    if (site === undefined || typeof file !== 'string') return undefined;
    return { file, line: (site.getLineNumber() ?? 1) - 1, column: (site.getColumnNumber() ?? 1) - 1 };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    // A property left behind as undefined would still be seen by code that tests for it.
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
  }
}
