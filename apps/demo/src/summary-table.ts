/** The result as text for a terminal. */

import Table from 'cli-table3';
import pc from 'picocolors';
import type { CodeMap, Counts } from './summarize.js';
import type { Comparison } from './compare.js';
import { bytes, count, duration, percent, plural } from './format.js';
import type { RunResult } from './run.js';

const LANGUAGES_SHOWN = 15;
const IDENTIFIERS_SHOWN = 12;

const CHARACTERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
  mid: '',
  'mid-mid': '',
  middle: '  ',
};

/** The whole summary, ending with a line feed. */
export function summaryTable(result: RunResult, comparison: Comparison | null): string {
  const { map } = result;
  const parts = [languageTable(map), identifierLine(map), skippedLines(map), runLines(result)];
  if (comparison !== null) parts.push(comparisonLines(comparison));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function languageTable(map: CodeMap): string {
  const table = new Table({
    head: ['Language', 'Files', 'Size', 'Lines', 'Code', 'Comment', 'Blank', 'Identifiers'].map((text) => pc.bold(text)),
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    chars: CHARACTERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  const row = (name: string, counts: Counts, paint = (text: string): string => text): string[] =>
    [
      name,
      count(counts.files),
      bytes(counts.bytes),
      count(counts.lines),
      count(counts.code),
      count(counts.comment),
      count(counts.blank),
      count(counts.identifiers),
    ].map(paint);
  const shown = map.languages.slice(0, LANGUAGES_SHOWN);
  const rest = map.languages.slice(LANGUAGES_SHOWN);
  for (const entry of shown) table.push(row(entry.language, entry));
  if (rest.length > 0) table.push(row(`${rest.length} more`, rest.reduce(addCounts), pc.dim));
  table.push(row('Total', map.totals, pc.bold));
  return table.toString();
}

function addCounts<T extends Counts>(a: T, b: T): T {
  const sum = { ...a };
  for (const key of ['files', 'bytes', 'lines', 'code', 'comment', 'blank', 'identifiers'] as const) sum[key] += b[key];
  return sum;
}

function identifierLine(map: CodeMap): string {
  if (map.identifiers.length === 0) return '';
  const names = map.identifiers.slice(0, IDENTIFIERS_SHOWN).map(({ name, count: times }) => `${name} ${pc.dim(count(times))}`);
  return `${pc.bold('Most frequent identifiers')} of ${count(map.totals.distinctIdentifiers)}\n${names.join(pc.dim(', '))}`;
}

function skippedLines(map: CodeMap): string {
  if (map.skipped.length === 0) return '';
  const reasons = map.skipped.map((group) => `${group.text} ${pc.dim(count(group.count))}`);
  return `${pc.bold('Not counted')}\n${reasons.join(pc.dim(', '))}`;
}

function runLines(result: RunResult): string {
  const { map, elapsedMs } = result;
  const who = result.mode === 'serial' ? 'one process' : plural(result.workers, 'worker');
  const lines = [
    `${pc.bold(plural(map.totals.files, 'file'))} in ${pc.bold(duration(elapsedMs))} with ${who}: ` +
      `${bytes((map.totals.bytes / elapsedMs) * 1000)}/s, walk ${duration(result.walkMs)}`,
  ];
  if (result.mode === 'parallel') {
    const busy = result.lanes.map((lane) => `${lane.name} ${percent(lane.busyMs, elapsedMs)}`);
    lines.push(`Busy: ${busy.join(', ')}`);
  }
  if (result.slowest !== null) lines.push(`Slowest file: ${result.slowest.path} ${pc.dim(duration(result.slowest.ms))}`);
  if (result.sharedTotalAgrees === true) lines.push('What the workers counted in shared memory agrees with the table of files.');
  if (result.sharedTotalAgrees === false) lines.push(pc.red('What the workers counted in shared memory does NOT agree with the table of files.'));
  for (const { name, pid, how, filesPutBack } of result.lostWorkers) {
    lines.push(pc.yellow(`${name} (pid ${pid}) died: ${how}; ${plural(filesPutBack, 'file')} in its hands went to others.`));
  }
  if (result.partial)
    lines.push(pc.yellow(`Stopped early: this is a partial map, ${plural(result.notReached, 'file')} found but not reached.`));
  return lines.join('\n');
}

function comparisonLines({ serialMs, parallelMs, speedUp, equal }: Comparison): string {
  const verdict = equal ? pc.green('the totals are equal') : pc.red('the totals DIFFER (did the tree change meanwhile?)');
  return `Serial ${duration(serialMs)}, parallel ${duration(parallelMs)}: ${pc.bold(`${speedUp.toFixed(2)}x as fast`)}, ${verdict}.`;
}
