/** How many files are how long. */

import { compact, count, percent } from '../../format.js';
import { bucketLabel } from '../../histogram.js';
import type { ReportData } from '../data.js';
import { baseOption, tip, tooltip, valueAxis } from './chart-base.js';
import type { ChartPlan } from './chart-base.js';
import type { Theme } from './theme.js';

const HEIGHT_PX = 250;
const NARROW_PX = 560;

export function histogramChart({ histogram }: ReportData, theme: Theme, width: number): ChartPlan {
  const buckets = histogram.slice(0, histogram.findLastIndex((files) => files > 0) + 1);
  const all = buckets.reduce((sum, files) => sum + files, 0);
  const isNarrow = width < NARROW_PX;
  return {
    height: HEIGHT_PX,
    option: {
      ...baseOption(theme),
      tooltip: tooltip(theme, ({ dataIndex }) =>
        tip(`${bucketLabel(dataIndex, count)} ${dataIndex === 0 ? 'line' : 'lines'}`, [
          ['Files', count(buckets[dataIndex]!)],
          ['Part', percent(buckets[dataIndex]!, all)],
        ]),
      ),
      grid: { left: 48, right: 12, top: 22, bottom: 30 },
      xAxis: {
        type: 'category',
        // The tooltip has the exact bounds: an axis has room for the lower one.
        data: buckets.map((_, bucket) => (isNarrow ? compact(2 ** bucket) : bucketLabel(bucket, compact))),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: theme.line } },
        axisLabel: { color: theme.soft, fontSize: 12, hideOverlap: true },
      },
      yAxis: valueAxis(theme, compact),
      series: [
        {
          type: 'bar',
          barCategoryGap: '12%',
          itemStyle: { color: theme.histogram, borderRadius: [3, 3, 0, 0] },
          label: { show: !isNarrow, position: 'top', color: theme.soft, fontSize: 12, formatter: ({ dataIndex }: { dataIndex: number }) => (buckets[dataIndex] === 0 ? '' : compact(buckets[dataIndex]!)) },
          data: buckets,
        },
      ],
    },
  };
}
