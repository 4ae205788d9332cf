/** What a tool of this package reports; `code` says which one. */
export type TestingErrorCode =
  | 'ERR_MANYCORE_TESTING_CONDITION'
  | 'ERR_MANYCORE_TESTING_EXPLORATION'
  | 'ERR_MANYCORE_TESTING_FIXTURE'
  | 'ERR_MANYCORE_TESTING_LEAK'
  | 'ERR_MANYCORE_TESTING_OUTCOME'
  | 'ERR_MANYCORE_TESTING_SEEDED'
  | 'ERR_MANYCORE_TESTING_WATCHDOG';

/** The only error this package throws by itself, bad arguments apart (`TypeError`, `RangeError`). */
export class TestingError extends Error {
  constructor(
    readonly code: TestingErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
Object.defineProperty(TestingError.prototype, 'name', { value: 'TestingError', configurable: true, writable: true });
