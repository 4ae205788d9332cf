import { MeasurementError } from '../errors.js';
import { measure, type MeasureOptions } from './measure.js';
import type { Group, Row } from './groups.js';
import { acceptOutcome } from './outcome.js';

export interface RoundOptions {
  /** Measured rounds; round 0, the warm-up, comes before them. */
  readonly rounds: number;
  /** Without round 0. */
  readonly cold?: boolean;
  readonly pin?: number | undefined;
  readonly signal?: AbortSignal;
  readonly onMeasure?: (round: number, group: Group, row: Row) => void;
  readonly measure?: (command: Row['command'], options: MeasureOptions) => Promise<string>;
}

/**
 * Fills the rows: in each round every group in turn, and within a group every contender right after the other (A B C, then B C A, …), so
 * that a slow minute of the machine meets all of them and none is always first.
 *
 * The warm-up round is thrown away, but its failures count. A row that failed is not measured again.
 * @throws the signal's reason when aborted; the rows then hold what was measured until then.
 */
export async function runRounds(groups: readonly Group[], options: RoundOptions): Promise<void> {
  for (let round = options.cold === true ? 1 : 0; round <= options.rounds; round++) {
    for (const group of groups) {
      for (const row of rotated(group.rows, round)) {
        if (row.failure !== undefined) continue;
        options.onMeasure?.(round, group, row);
        await measureRow(group, row, round, options);
      }
    }
  }
}

/** The same order, begun `by` places later. */
export function rotated<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

async function measureRow(group: Group, row: Row, round: number, options: RoundOptions): Promise<void> {
  const pin = group.placement === 'pinned' ? options.pin : undefined;
  try {
    const stdout = await (options.measure ?? measure)(row.command, { pin, signal: options.signal });
    const outcome = acceptOutcome(stdout, group.scenario, group.work);
    if (round > 0) row.outcomes.push(outcome);
  } catch (error) {
    if (!(error instanceof MeasurementError)) throw error;
    row.failure = `round ${round}: ${error.message}`;
  }
}
