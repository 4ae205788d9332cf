import { TestingError } from './errors.js';
import { explore } from './explorer/explore.js';
import type { Memory, Note, Situation } from './explorer/contract.js';
import type { Model } from './explorer/model.js';
import type { Exploration } from './explorer/search.js';

/**
 * What an outcome means. `acceptable`: ordinary. `interesting`: allowed, and the reason the test was written; a table keeps it apart so
 * that one sees whether it happens at all. `forbidden`: must not happen. The three words are those of OpenJDK's jcstress.
 */
export type Verdict = 'acceptable' | 'interesting' | 'forbidden';

export interface OutcomeRow {
  readonly outcome: string;
  readonly verdict: Verdict;
  readonly why: string;
}

/** A small concurrent program and the table of everything it may show. */
export interface Litmus extends Omit<Model, 'final'> {
  /** The outcome of one finished schedule, in the words of the table. */
  readonly observe: (memory: Memory, notes: readonly Note[], situation: Situation) => string;
  readonly table: readonly OutcomeRow[];
}

export interface SeenRow extends OutcomeRow {
  /** Number of different final states that show this outcome. */
  readonly seen: number;
}

export interface Outcomes {
  readonly rows: readonly SeenRow[];
  /** Rows that are not forbidden and yet happen in no schedule: the table, or the program, is wrong about them. */
  readonly unseen: readonly string[];
  readonly exploration: Exploration;
}

/**
 * Runs a litmus test through every schedule and compares what it shows with its table.
 *
 * @throws TestingError (`ERR_MANYCORE_TESTING_OUTCOME`) with the schedule, when it shows an outcome that is forbidden or not in the table,
 * or breaks in another way (deadlock, livelock, error).
 */
export function runLitmus(litmus: Litmus): Outcomes {
  const rows = new Map(litmus.table.map((row) => [row.outcome, row]));
  if (rows.size !== litmus.table.length) throw new RangeError('runLitmus: an outcome is in the table twice');
  const { observe, table, ...model } = litmus;
  const seen = new Map<string, number>();
  const exploration = explore({
    ...model,
    final: (memory, notes, situation) => {
      const outcome = observe(memory, notes, situation);
      const row = rows.get(outcome);
      if (row === undefined) return `outcome "${outcome}" is not in the table`;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      return row.verdict === 'forbidden' ? `outcome "${outcome}" is forbidden: ${row.why}` : undefined;
    },
  });
  const { violation } = exploration;
  if (violation !== undefined) throw new TestingError('ERR_MANYCORE_TESTING_OUTCOME', violation.report, { cause: violation.cause });
  const counted = table.map((row) => ({ ...row, seen: seen.get(row.outcome) ?? 0 }));
  const unseen = counted.filter((row) => row.verdict !== 'forbidden' && row.seen === 0).map((row) => row.outcome);
  return { rows: counted, unseen, exploration };
}

/** The table with what was seen, one line for each row. */
export function formatOutcomes({ rows }: Outcomes): string {
  const width = Math.max(...rows.map(({ outcome }) => outcome.length), 'outcome'.length);
  const line = (outcome: string, seen: string, verdict: string, why: string): string =>
    `${outcome.padEnd(width)}  ${seen.padStart(6)}  ${verdict.padEnd(11)}  ${why}`;
  return [line('outcome', 'seen', 'verdict', 'why'), ...rows.map((row) => line(row.outcome, String(row.seen), row.verdict, row.why))].join(
    '\n',
  );
}
