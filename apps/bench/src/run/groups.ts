import type { Command, Contender } from '../contender/contender.js';
import type { Options } from '../options.js';
import type { Placement, Scenario } from '../scenario/scenario.js';
import type { Outcome, Work } from '../scenario/work.js';
import { UsageError } from '../errors.js';

/** One contender in one scenario and placement: a row of the table, filled round by round. */
export interface Row {
  readonly contender: Contender;
  readonly command: Command;
  readonly outcomes: Outcome[];
  /** Why the row does not count. One failure in any round is enough. */
  failure?: string;
}

/** The contenders of one scenario and placement, measured in turn. */
export interface Group {
  readonly scenario: Scenario;
  readonly placement: Placement;
  readonly work: Work;
  readonly rows: readonly Row[];
}

/** @throws UsageError when the filter leaves no scenario. */
export function groupsFor(scenarios: readonly Scenario[], contenders: readonly Contender[], options: Options): Group[] {
  const chosen = scenarios.filter(({ id, title }) => hasWordsFrom(id, options.filter) || hasWordsFrom(title, options.filter));
  if (chosen.length === 0) {
    const all = scenarios.map(({ id }) => id).join(', ');
    throw new UsageError(`--filter: no scenario has '${options.filter}' at the beginning of a word. There are: ${all}.`);
  }
  const placements: readonly Placement[] = options.pin === undefined ? ['free'] : ['free', 'pinned'];
  return placements.flatMap((placement) => chosen.map((scenario) => group(scenario, placement, contenders, options.quick)));
}

/** Whether the text has the filter at the beginning of a word: 'lock' is not to find 'blocking'. */
function hasWordsFrom(text: string, filter: string): boolean {
  const [whole, wanted] = [text.toLowerCase(), filter.toLowerCase()];
  for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + 1)) {
    if (at === 0 || /[^\p{L}\p{N}]/u.test(whole[at - 1] as string)) return true;
  }
  return false;
}

function group(scenario: Scenario, placement: Placement, contenders: readonly Contender[], quick: boolean): Group {
  const work = scenario.work(quick);
  const rows = contenders.flatMap((contender): Row[] => {
    const command = contender.command(work);
    return command === undefined ? [] : [{ contender, command, outcomes: [] }];
  });
  return { scenario, placement, work, rows };
}
