/** What all charts have in common: axes, tooltip, labels, legend. */

import type { EChartsCoreOption } from 'echarts/core';
import { escapeHtml } from '../escape.js';
import type { Theme } from './theme.js';

/** How to draw one chart, and how high its box has to be. */
export interface ChartPlan {
  height: number;
  option: EChartsCoreOption;
}

export const BAR_ROW_PX = 25;

/** Room for the names of rows: what they would like, but not too much of a narrow chart. */
export const labelWidth = (wished: number, width: number): number => Math.min(wished, Math.max(64, Math.round(width * 0.36)));

export function baseOption(theme: Theme): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, color: theme.soft },
  };
}

/** A `formatter` gets what the chart library calls its parameters; `data` is the item as the chart was given it. */
export function tooltip<T>(theme: Theme, formatter: (at: { dataIndex: number; data: T }) => string): Record<string, unknown> {
  return {
    confine: true,
    backgroundColor: theme.tip,
    borderColor: theme.line,
    padding: [8, 12],
    textStyle: { color: theme.text, fontSize: 13, fontFamily: theme.font },
    formatter,
  };
}

export function valueAxis(theme: Theme, format: (value: number) => string): Record<string, unknown> {
  return {
    type: 'value',
    splitNumber: 4,
    axisLabel: { color: theme.faint, fontSize: 12, formatter: (value: number) => withoutZeros(format(value)), hideOverlap: true },
    splitLine: { lineStyle: { color: theme.grid } },
  };
}

/** `4.00 MiB` is `4 MiB` on an axis, `0 ms` is `0`. */
function withoutZeros(text: string): string {
  return /^0(?![.\d])/.test(text) ? '0' : text.replace(/\.0+(?=\D|$)|(\.\d*?[1-9])0+(?=\D|$)/, '$1');
}

/** Rows from top to bottom. `width` bounds the names, which are cut off with an ellipsis. */
export function nameAxis(theme: Theme, names: string[], width: number, mono = false): Record<string, unknown> {
  return {
    type: 'category',
    data: names,
    inverse: true,
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: {
      color: theme.soft,
      fontSize: mono ? 12 : 13,
      width,
      overflow: 'truncate',
      interval: 0,
      margin: 12,
      ...(mono ? { fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace' } : {}),
    },
  };
}

/** The number at the end of a bar. */
export function endLabel(theme: Theme, format: (at: { dataIndex: number }) => string): Record<string, unknown> {
  return { show: true, position: 'right', color: theme.soft, fontSize: 12, formatter: format };
}

export function legend(theme: Theme, names: string[]): Record<string, unknown> {
  return {
    // One line: what does not fit is scrolled to.
    type: 'scroll',
    top: 0,
    left: 0,
    right: 0,
    pageIconColor: theme.soft,
    pageIconInactiveColor: theme.line,
    pageIconSize: 11,
    pageTextStyle: { color: theme.faint },
    data: names,
    icon: 'roundRect',
    itemWidth: 10,
    itemHeight: 10,
    itemGap: 18,
    textStyle: { color: theme.soft, fontSize: 13 },
  };
}

/** A tooltip from a title and pairs. Both may hold text from the tree, so both are escaped. */
export function tip(title: string, pairs: [string, string][]): string {
  const rows = pairs.map(([name, value]) => `${escapeHtml(name)} <b style="float:right;margin-left:24px">${escapeHtml(value)}</b>`);
  return `<b style="display:block;max-width:520px;white-space:normal;overflow-wrap:anywhere;margin-bottom:2px">${escapeHtml(
    title,
  )}</b>${rows.join('<br>')}`;
}
