import { formatTime } from '../report/format.js';
import { headerLines, type RunHeader } from '../report/header.js';
import { isVoid, type Measured, type ReportGroup, type Void } from '../report/report.js';

/** One line for each sample and step, one column for each codec. */
export function formatSerialization(header: RunHeader, groups: readonly ReportGroup[]): string {
  const codecs = groups[0]?.rows.map(({ contender }) => contender) ?? [];
  const lines = [
    ...headerLines(header).map((line) => `- ${line}`),
    '',
    `| Item | Step | ${codecs.join(' | ')} | Ratio |`,
    `| --- | --- | ${codecs.map(() => '---:').join(' | ')} | ---: |`,
    ...groups.map(({ title, rows }) => {
      const [item, step] = split(title);
      return `| ${[item, step, ...rows.map(time), ratio(rows)].join(' | ')} |`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** '{ id, name }, encode' is an item and a step. */
function split(title: string): [item: string, step: string] {
  const at = title.lastIndexOf(', ');
  return [title.slice(0, at), title.slice(at + 2)];
}

const time = (row: Measured | Void): string => (isVoid(row) ? 'void' : formatTime(row.time.median));

/** How many times as fast as the fastest of the others manycore is. */
function ratio(rows: readonly (Measured | Void)[]): string {
  const ours = rows.find(({ contender }) => contender === 'manycore');
  return ours === undefined || isVoid(ours) || ours.ratio === undefined ? '–' : `${ours.ratio.toFixed(2)}×`;
}
