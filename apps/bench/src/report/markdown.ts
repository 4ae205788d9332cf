import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../errors.js';
import { headerLines, type RunHeader } from './header.js';
import { formatFigure, formatGoal, formatRatio, formatUnfairness } from './format.js';
import { isVoid, type Measured, type ReportGroup, type Void } from './report.js';

const MARKS = 'bench-results';
const begins = (marks: string): string => `<!-- ${marks}:begin -->`;
const ends = (marks: string): string => `<!-- ${marks}:end -->`;

/** The results section: where and when it was measured, then a table. */
export function formatMarkdown(header: RunHeader, groups: readonly ReportGroup[]): string {
  const lines = [
    ...headerLines(header).map((line) => `- ${line}`),
    '',
    '| Scenario | Contender | Median | p10 – p90 | Ratio | Goal | Unfairness |',
    '| --- | --- | ---: | ---: | ---: | --- | --- |',
    ...groups.flatMap((group) => group.rows.map((row) => line(group, row))),
  ];
  return `${lines.join('\n')}\n`;
}

/** @throws UsageError when the file exists and has no place for results: a whole file is never overwritten. */
export function checkMarkdownFile(path: string, marks = MARKS): void {
  if (existsSync(path)) splice(path, readFileSync(path, 'utf8'), '', marks);
}

/** Writes the section: between the marks of a file that exists, as a new file otherwise. @throws UsageError as `checkMarkdownFile`. */
export function writeMarkdown(path: string, section: string, marks = MARKS): void {
  const framed = `${begins(marks)}\n${section}${ends(marks)}`;
  writeFileSync(path, existsSync(path) ? splice(path, readFileSync(path, 'utf8'), framed, marks) : `${framed}\n`);
}

function splice(path: string, text: string, framed: string, marks: string): string {
  const begin = text.indexOf(begins(marks));
  const end = text.indexOf(ends(marks), begin);
  if (begin < 0 || end < 0) throw new UsageError(`--markdown: ${path} exists and has no '${begins(marks)}' … '${ends(marks)}' to write between.`);
  return text.slice(0, begin) + framed + text.slice(end + ends(marks).length);
}

function line({ title, placement, unit }: ReportGroup, row: Measured | Void): string {
  const scenario = placement === 'pinned' ? `${title}, pinned` : title;
  if (isVoid(row)) return cells([scenario, row.contender, `void: ${row.failure}`, '', '', '', '']);
  const { time } = row;
  const spread = `${formatFigure(time.p10, unit)} – ${formatFigure(time.p90, unit)}`;
  return cells([scenario, row.contender, formatFigure(time.median, unit), spread, formatRatio(row), formatGoal(row, unit), formatUnfairness(row)]);
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`;
}
