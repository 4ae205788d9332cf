import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { UsageError } from './errors.js';
import { parseOptions, USAGE, type Options } from './options.js';
import { Progress } from './progress.js';
import { findPythons } from './pythons.js';
import { describeRun, headerLines, type RunHeader } from './report/header.js';
import { formatJson } from './report/json.js';
import { checkMarkdownFile, writeMarkdown } from './report/markdown.js';
import { isVoid, reportOn, type ReportGroup } from './report/report.js';
import { formatTable } from './report/table.js';
import { groupsFor, type Group } from './run/groups.js';
import { runRounds } from './run/rounds.js';
import type { Suite } from './suite.js';

/**
 * The bench as a command: measures what the options ask for and prints it.
 *
 * @returns the exit code: 0 when every row that must count does, 1 when one is void, 130 when `signal` broke the run off (what was measured until then is
 * printed).
 * @throws UsageError before anything is measured.
 */
export async function bench(suite: Suite, argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = parseOptions(argv);
  if (options.help) {
    print(USAGE.replace('main.js', `${suite.program}.js`));
    return 0;
  }
  const pythons = suite.withCPython ? findPythons() : undefined;
  const groups = groupsFor(suite.scenarios, suite.contenders(pythons ?? []), options);
  if (options.list) {
    print(listing(groups));
    return 0;
  }
  checkOutputs(suite, options);
  const header = describeRun(options, pythons);
  const finished = await run(groups, options, signal);
  return present(suite, finished ? header : { ...header, interrupted: true }, reportOn(groups), options);
}

function listing(groups: readonly Group[]): string {
  return groups.map(({ scenario, placement, rows }) => {
    const title = `${scenario.id}${placement === 'pinned' ? ', pinned' : ''}: ${scenario.title} (${scenario.operation})`;
    return `${title}\n${rows.map(({ contender }) => `  ${contender.name}\n`).join('')}`;
  }).join('');
}

/** What would make a long run useless at its end is refused at its beginning. */
function checkOutputs({ marks }: Suite, { pin, markdown }: Options): void {
  if (markdown !== undefined) checkMarkdownFile(markdown, marks);
  if (pin === undefined) return;
  const { status, error, stderr } = spawnSync('taskset', ['-c', String(pin), process.execPath, '-e', '0'], { encoding: 'utf8' });
  if (status !== 0) throw new UsageError(`--pin ${pin}: taskset (util-linux) cannot be used: ${error?.message ?? stderr.trim()}`);
}

/** @returns whether all rounds were run. */
async function run(groups: readonly Group[], { rounds, cold, pin }: Options, signal: AbortSignal): Promise<boolean> {
  const progress = new Progress(rounds);
  try {
    await runRounds(groups, { rounds, cold, pin, signal, onMeasure: (round, group, row) => progress.show(round, group, row) });
    return true;
  } catch (error) {
    if (error !== signal.reason) throw error;
    return false;
  } finally {
    progress.end();
  }
}

function present(suite: Suite, header: RunHeader, groups: readonly ReportGroup[], { json, markdown }: Options): number {
  print(`${headerLines(header).join('\n')}\n${formatTable(groups)}\n`);
  if (json !== undefined) writeFileSync(json, formatJson(header, groups));
  if (markdown !== undefined) writeMarkdown(markdown, suite.formatMarkdown(header, groups), suite.marks);
  if (header.interrupted === true) return 130;
  return groups.some(({ rows }) => rows.some((row) => isVoid(row) && suite.mustCount(row))) ? 1 : 0;
}

function print(text: string): void {
  process.stdout.write(text);
}
