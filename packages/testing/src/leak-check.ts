import { TestingError } from './errors.js';
import { until } from './delays.js';
import { findLeaks, takeSnapshot } from './leaks.js';

export interface LeakCheck {
  /**
   * Waits until nothing is left that was not there at the snapshot; call it after the test has closed everything.
   *
   * @param timeout - milliseconds; default LONG.
   * @throws TestingError (`ERR_MANYCORE_TESTING_LEAK`) with one line for everything that is left.
   */
  settle(timeout?: number): Promise<void>;
}

/**
 * Remembers what this process holds now: children and their descendants (also orphaned ones), file descriptors, mappings of our memory
 * files, files of ours in `/dev/shm` and the temporary folder, and what keeps the event loop alive.
 *
 * What a package keeps for the life of the process (its session, its doorbell) must exist before the snapshot. Linux only.
 *
 * @example
 * const leaks = leakCheck();
 * await theTest();
 * await leaks.settle();
 */
export function leakCheck(): LeakCheck {
  const before = takeSnapshot();
  return {
    async settle(timeout) {
      let left: string[] = [];
      const isClean = (): boolean => {
        left = findLeaks(before, takeSnapshot());
        return left.length === 0;
      };
      try {
        await until(isClean, { what: 'everything is given back', ...(timeout === undefined ? {} : { timeout }) });
      } catch (cause) {
        if (left.length === 0) throw cause;
        throw new TestingError('ERR_MANYCORE_TESTING_LEAK', ['leakCheck: left behind:', ...left.map((line) => `  ${line}`)].join('\n'), {
          cause,
        });
      }
    },
  };
}
