/** The biggest files, one bar each, coloured by language. */

import { bytes, count } from '../../format.js';
import type { ReportData } from '../data.js';
import { BAR_ROW_PX, baseOption, endLabel, labelWidth, legend, nameAxis, tip, tooltip, valueAxis } from './chart-base.js';
import type { ChartPlan } from './chart-base.js';
import type { Theme } from './theme.js';

const LABEL_PX = 250;
const CHARACTER_PX = 7.3;

/** The end of a path says most: what follows the last `node_modules`, cut off at its beginning. */
export function shortPath(path: string, characters: number): string {
  const name = path.slice(path.lastIndexOf('/node_modules/') + 1).replace(/^node_modules\//, '');
  return name.length <= characters ? name : `…${name.slice(name.length - characters + 1)}`;
}

export function biggestChart(data: ReportData, theme: Theme, width: number): ChartPlan {
  const label = labelWidth(LABEL_PX, width);
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
      grid: { left: label + 12, right: 64, top: 34, bottom: 28 },
      xAxis: { ...valueAxis(theme, bytes), interval: byteInterval(files[0]?.bytes ?? 0), max: 'dataMax' },
      // Two versions of a package have the same short name: the index keeps the rows apart.
      yAxis: {
        ...nameAxis(
          theme,
          files.map((_, index) => String(index)),
          label,
          true,
        ),
        axisLabel: {
          ...(nameAxis(theme, [], label, true)['axisLabel'] as object),
          formatter: (index: string) => shortPath(files[Number(index)]!.path, Math.floor(label / CHARACTER_PX)),
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
