/** Draws the charts of the report from the data embedded in it, and again when the page changes its width or its colours. */

import { BarChart, CustomChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import type { EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ReportData } from '../data.js';
import { biggestChart } from './biggest-chart.js';
import type { ChartPlan } from './chart-base.js';
import { identifierChart } from './identifier-chart.js';
import { filesChart, linesChart } from './language-charts.js';
import { readTheme } from './theme.js';
import type { Theme } from './theme.js';
import { timelineChart } from './timeline-chart.js';

use([BarChart, CustomChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const PLANS: Record<string, (data: ReportData, theme: Theme) => ChartPlan> = {
  files: filesChart,
  lines: linesChart,
  timeline: timelineChart,
  biggest: biggestChart,
  identifiers: identifierChart,
};

function boxOf(id: string): HTMLElement {
  const box = document.getElementById(id);
  if (box === null) throw new Error(`the report has no element #${id}`);
  return box;
}

const data = JSON.parse(boxOf('data').textContent ?? '') as ReportData;
const charts = new Map<string, EChartsType>();

function draw(): void {
  const theme = readTheme();
  for (const [id, plan] of Object.entries(PLANS)) {
    const box = boxOf(id);
    const { height, option } = plan(data, theme);
    box.style.height = `${height}px`;
    let chart = charts.get(id);
    if (chart === undefined) charts.set(id, (chart = init(box, null, { renderer: 'svg' })));
    chart.resize();
    chart.setOption(option, true);
  }
}

draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
addEventListener('resize', () => charts.forEach((chart) => chart.resize()));
