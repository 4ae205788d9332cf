/** The command line asks for something that cannot be done; nothing was measured. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'ERR_BENCH_USAGE';
}

/** One measurement gave no result that counts: its program failed, ran too long, printed no result, or its result is wrong. */
export class MeasurementError extends Error {
  override readonly name = 'MeasurementError';
  readonly code = 'ERR_BENCH_MEASUREMENT';
}
