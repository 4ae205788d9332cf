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

/** As `counterExact`, and every acquisition has its wait on record. */
export function everyWaitMeasured(outcome: Outcome): Verdict {
  const wrong = counterExact(outcome);
  const { operations, waits } = outcome;
  if (wrong !== undefined || waits?.count === operations) return wrong;
  return `${waits?.count ?? 'none'} of ${operations} waits were measured`;
}

/** The number was raised by every addition, as another process saw it. */
export function valueExact({ operations, evidence: { counter } }: Outcome): Verdict {
  return counter === operations ? undefined : `the value is ${counter ?? 'missing'} after ${operations} additions`;
}

/** The turns went to and fro: each was compared with the number that was due, and nobody took one more. */
export function everyTurnTaken(turnsPerOperation: number): (outcome: Outcome) => Verdict {
  return ({ operations, evidence: { checked, counter } }) => {
    const turns = operations * turnsPerOperation;
    if (checked !== turns) return `${checked ?? 'none'} of ${turns} turns were checked for their number`;
    return counter === turns ? undefined : `the counter is ${counter ?? 'missing'} after ${turns} turns`;
  };
}

/** Nobody was let through alone, and one of the two had the index 0 each time. */
export function everyMeetingKept({ operations, evidence: { checked, counter } }: Outcome): Verdict {
  if (checked !== 2 * operations) return `${checked ?? 'none'} of ${2 * operations} arrivals were checked for the other side's`;
  return counter === operations ? undefined : `the index 0 was given ${counter ?? 'no'} times in ${operations} meetings`;
}

/** The lock, or the semaphore with one permit, kept a second holder out. */
export function lockExcluded({ evidence }: Outcome): Verdict {
  return evidence.excluded === true ? undefined : 'a second holder was let in, or it was not free at the end';
}

/** Every process that was started ran. */
export function everyProcessRan({ operations, evidence }: Outcome): Verdict {
  if (evidence.ran === operations) return undefined;
  return `${evidence.ran ?? 'none'} of ${operations} processes ran to their end`;
}
