/** Two bar charts with the same rows: how many files each language has, and what its lines are. */

import { compact, count, percent } from '../../format.js';
import type { ReportData } from '../data.js';
import { BAR_ROW_PX, baseOption, endLabel, labelWidth, legend, nameAxis, tip, tooltip, valueAxis } from './chart-base.js';
import type { ChartPlan } from './chart-base.js';
import type { Theme } from './theme.js';

const SHOWN = 12;
const LABEL_PX = 120;

interface Row {
  language: string;
  files: number;
  lines: number;
  code: number;
  comment: number;
  blank: number;
}

/** The biggest languages and one row for all others. */
function rows(data: ReportData, size: (row: Row) => number): Row[] {
  const all = [...data.languages].sort((a, b) => size(b) - size(a));
  const shown: Row[] = all.slice(0, all.length > SHOWN ? SHOWN - 1 : SHOWN);
  const rest = all.slice(shown.length);
  if (rest.length > 0) {
    const others: Row = { language: `${rest.length} others`, files: 0, lines: 0, code: 0, comment: 0, blank: 0 };
    for (const row of rest) for (const key of ['files', 'lines', 'code', 'comment', 'blank'] as const) others[key] += row[key];
    shown.push(others);
  }
  return shown;
}

export function filesChart(data: ReportData, theme: Theme, width: number): ChartPlan {
  const label = labelWidth(LABEL_PX, width);
  const list = rows(data, (row) => row.files);
  const all = list.reduce((sum, row) => sum + row.files, 0);
  return {
    height: list.length * BAR_ROW_PX + 66,
    option: {
      ...baseOption(theme),
      tooltip: tooltip(theme, ({ dataIndex }) =>
        tip(list[dataIndex]!.language, [
          ['Files', count(list[dataIndex]!.files)],
          ['Part', percent(list[dataIndex]!.files, all)],
        ]),
      ),
      grid: { left: label + 12, right: 56, top: 34, bottom: 28 },
      xAxis: valueAxis(theme, compact),
      yAxis: nameAxis(
        theme,
        list.map((row) => row.language),
        label,
      ),
      series: [
        {
          type: 'bar',
          barWidth: 14,
          itemStyle: { color: theme.code, borderRadius: [0, 3, 3, 0] },
          label: endLabel(theme, ({ dataIndex }) => count(list[dataIndex]!.files)),
          data: list.map((row) => row.files),
        },
      ],
    },
  };
}

export function linesChart(data: ReportData, theme: Theme, width: number): ChartPlan {
  const label = labelWidth(LABEL_PX, width);
  const list = rows(data, (row) => row.lines);
  const kinds = [
    { name: 'Code', key: 'code', color: theme.code },
    { name: 'Comment', key: 'comment', color: theme.comment },
    { name: 'Blank', key: 'blank', color: theme.blank },
  ] as const;
  return {
    height: list.length * BAR_ROW_PX + 66,
    option: {
      ...baseOption(theme),
      tooltip: tooltip(theme, ({ dataIndex }) => {
        const row = list[dataIndex]!;
        return tip(
          row.language,
          kinds.map(({ name, key }): [string, string] => [name, `${count(row[key])} (${percent(row[key], row.lines)})`]),
        );
      }),
      legend: legend(
        theme,
        kinds.map(({ name }) => name),
      ),
      grid: { left: label + 12, right: 68, top: 34, bottom: 28 },
      xAxis: valueAxis(theme, compact),
      yAxis: nameAxis(
        theme,
        list.map((row) => row.language),
        label,
      ),
      series: kinds.map(({ name, key, color }, i) => ({
        name,
        type: 'bar',
        stack: 'lines',
        barWidth: 14,
        itemStyle: { color },
        // The last part of a bar carries the sum of all.
        label: { ...endLabel(theme, ({ dataIndex }) => compact(list[dataIndex]!.lines)), show: i === kinds.length - 1 },
        data: list.map((row) => row[key]),
      })),
    },
  };
}
