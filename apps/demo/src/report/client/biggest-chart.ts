/** The biggest files, one bar each, coloured by language. */

import { bytes, count } from '../../format.js';
import type { ReportData } from '../data.js';
import { BAR_ROW_PX, baseOption, endLabel, legend, nameAxis, tip, tooltip, valueAxis } from './chart-base.js';
import type { ChartPlan } from './chart-base.js';
import type { Theme } from './theme.js';

const LABEL_PX = 250;
const LABEL_CHARACTERS = 34;

/** The end of a path says most: what follows the last `node_modules`, shortened in the middle. */
export function shortPath(path: string): string {
  const name = path.slice(path.lastIndexOf('node_modules/') + (path.includes('node_modules/') ? 'node_modules/'.length : 0));
  if (name.length <= LABEL_CHARACTERS) return name;
  const head = Math.floor(LABEL_CHARACTERS / 3);
  return `${name.slice(0, head)}…${name.slice(name.length - (LABEL_CHARACTERS - head - 1))}`;
}

export function biggestChart(data: ReportData, theme: Theme): ChartPlan {
  const files = data.biggest;
  const languages = [...new Set(files.map((file) => file.language))];
  return {
    height: files.length * BAR_ROW_PX + 66,
    option: {
      ...baseOption(theme),
      tooltip: tooltip(theme, ({ dataIndex }) => {
        const file = files[dataIndex]!;
        return tip(file.path, [
          ['Language', file.language],
          ['Size', bytes(file.bytes)],
          ['Lines', count(file.lines)],
        ]);
      }),
      legend: legend(theme, languages),
      grid: { left: LABEL_PX + 12, right: 64, top: 34, bottom: 28 },
      xAxis: { ...valueAxis(theme, bytes), interval: byteInterval(files[0]?.bytes ?? 0), max: 'dataMax' },
      // Two versions of a package have the same short name: the index keeps the rows apart.
      yAxis: {
        ...nameAxis(
          theme,
          files.map((_, index) => String(index)),
          LABEL_PX,
          true,
        ),
        axisLabel: {
          ...(nameAxis(theme, [], LABEL_PX, true)['axisLabel'] as object),
          formatter: (index: string) => shortPath(files[Number(index)]!.path),
        },
      },
      series: languages.map((language, i) => ({
        name: language,
        type: 'bar',
        stack: 'bytes',
        barWidth: 14,
        itemStyle: { color: theme.series[Math.min(i, theme.series.length - 1)], borderRadius: [0, 3, 3, 0] },
        label: endLabel(theme, ({ dataIndex }) => (files[dataIndex]!.language === language ? bytes(files[dataIndex]!.bytes) : '')),
        data: files.map((file) => (file.language === language ? file.bytes : null)),
      })),
    },
  };
}

/** A power of two, so that the axis reads 2 MiB, 4 MiB and not 1.91 MiB. */
function byteInterval(biggest: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(4, biggest) / 4));
}
