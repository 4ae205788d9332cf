/** The most frequent identifiers, one bar each. */

import { compact, count } from '../../format.js';
import type { ReportData } from '../data.js';
import { BAR_ROW_PX, baseOption, endLabel, labelWidth, nameAxis, tip, tooltip, valueAxis } from './chart-base.js';
import type { ChartPlan } from './chart-base.js';
import type { Theme } from './theme.js';

const LABEL_PX = 150;

export function identifierChart(data: ReportData, theme: Theme, width: number): ChartPlan {
  const label = labelWidth(LABEL_PX, width);
  const list = data.identifiers;
  return {
    height: list.length * BAR_ROW_PX + 66,
    option: {
      ...baseOption(theme),
      tooltip: tooltip(theme, ({ dataIndex }) => tip(list[dataIndex]!.name, [['Times', count(list[dataIndex]!.count)]])),
      grid: { left: label + 12, right: 64, top: 34, bottom: 28 },
      xAxis: valueAxis(theme, compact),
      yAxis: nameAxis(
        theme,
        list.map((entry) => entry.name),
        label,
        true,
      ),
      series: [
        {
          type: 'bar',
          barWidth: 14,
          itemStyle: { color: theme.comment, borderRadius: [0, 3, 3, 0] },
          label: endLabel(theme, ({ dataIndex }) => count(list[dataIndex]!.count)),
          data: list.map((entry) => entry.count),
        },
      ],
    },
  };
}
