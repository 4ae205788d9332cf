/** What each kind of row has to prove. A fast wrong answer does not count: each function says what is wrong, or gives undefined. */
import type { Outcome } from './work.js';

type Verdict = string | undefined;

/** Every item or echo was compared with what was sent. */
export function everyItemChecked({ operations, evidence }: Outcome): Verdict {
  if (evidence.checked === operations) return undefined;
  return `${evidence.checked ?? 'none'} of ${operations} items were checked for order and content`;
}

/** The counter under the lock lost no addition, and the two processes together did all the work. */
export function counterExact({ operations, evidence }: Outcome): Verdict {
  const { counter, shares } = evidence;
  if (counter !== operations) return `the counter under the lock is ${counter ?? 'missing'} after ${operations} additions`;
  if (shares?.length !== 2) return 'the shares of the two processes are missing';
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum === operations ? undefined : `the two processes report ${sum} acquisitions, the counter says ${operations}`;
}

/** The lock kept a second holder out. */
export function lockExcluded({ evidence }: Outcome): Verdict {
  return evidence.excluded === true ? undefined : 'the lock let a second holder in, or was not free at the end';
}

/** Every process that was started ran. */
export function everyProcessRan({ operations, evidence }: Outcome): Verdict {
  if (evidence.ran === operations) return undefined;
  return `${evidence.ran ?? 'none'} of ${operations} processes ran to their end`;
}
