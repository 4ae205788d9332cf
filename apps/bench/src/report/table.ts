import Table from 'cli-table3';
import { formatFigure, formatGoal, formatRate, formatRatio, formatUnfairness } from './format.js';
import { isVoid, type Measured, type ReportGroup, type Void } from './report.js';

const HEAD = ['contender', 'median', 'min', 'p10 – p90', 'per second', 'ratio', 'goal', 'unfairness'];

/** The results for a terminal: one block of rows per scenario and placement, and below them why the void rows are void. */
export function formatTable(groups: readonly ReportGroup[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
  for (const group of groups) {
    const placement = group.placement === 'pinned' ? ', pinned to one CPU' : '';
    const figure = group.figure === undefined ? '' : `; figures are the ${group.figure}`;
    table.push([{ colSpan: HEAD.length, content: `${group.title}${placement} (${group.scenario}): ${group.operation}${figure}` }]);
    for (const row of group.rows) table.push(cells(group, row));
  }
  return [table.toString(), ...groups.flatMap(reasons)].join('\n');
}

function reasons({ scenario, placement, rows }: ReportGroup): string[] {
  const place = placement === 'pinned' ? ', pinned' : '';
  return rows.filter(isVoid).map(({ contender, failure }) => `void: ${scenario}${place}, ${contender}: ${failure}`);
}

function cells({ figure, unit }: ReportGroup, row: Measured | Void) {
  if (isVoid(row)) return [`  ${row.contender}`, { colSpan: HEAD.length - 1, content: 'void, see below' }];
  const { time } = row;
  return [
    `  ${row.contender}`,
    formatFigure(time.median, unit),
    formatFigure(time.min, unit),
    `${formatFigure(time.p10, unit)} – ${formatFigure(time.p90, unit)}`,
    figure === undefined ? formatRate(time.median) : '–',
    formatRatio(row),
    formatGoal(row, unit),
    formatUnfairness(row),
  ];
}
