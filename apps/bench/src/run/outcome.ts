import { MeasurementError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Evidence, Outcome, Waits, Work } from '../scenario/work.js';

/**
 * Reads what a measuring program printed and judges it.
 * @throws MeasurementError when it is not exactly one outcome, when it is of another amount of work than ordered, or when the scenario
 * finds its result wrong.
 */
export function acceptOutcome(stdout: string, scenario: Scenario, work: Work): Outcome {
  const outcome = readOutcome(stdout);
  if (outcome.operations !== work.operations) {
    throw new MeasurementError(`did ${outcome.operations} operations where ${work.operations} were ordered`);
  }
  const wrong = scenario.verify(outcome, work);
  if (wrong !== undefined) throw new MeasurementError(`wrong result: ${wrong}`);
  return outcome;
}

function readOutcome(stdout: string): Outcome {
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  if (lines.length !== 1) throw new MeasurementError(`printed ${lines.length} lines where one outcome was expected`);
  const parsed = parseLine(lines[0] as string);
  if (!isOutcome(parsed)) throw new MeasurementError(`printed no outcome: ${(lines[0] as string).slice(0, 200)}`);
  return parsed;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new MeasurementError(`printed no JSON: ${line.slice(0, 200)}`, { cause: error });
  }
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { operations, nsPerOp, evidence, waits, bytes } = value as Record<string, unknown>;
  return Number.isInteger(operations) && isAmount(nsPerOp) && isEvidence(evidence) && (waits === undefined || isWaits(waits)) && (bytes === undefined || isAmount(bytes));
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}

function isWaits(value: unknown): value is Waits {
  if (typeof value !== 'object' || value === null) return false;
  const { count, p99Ns } = value as Record<string, unknown>;
  return Number.isInteger(count) && isAmount(p99Ns);
}

function isEvidence(value: unknown): value is Evidence {
  if (typeof value !== 'object' || value === null) return false;
  const { shares } = value as Record<string, unknown>;
  return shares === undefined || (Array.isArray(shares) && shares.every((share) => Number.isInteger(share) && share >= 0));
}
