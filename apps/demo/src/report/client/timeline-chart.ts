/** One lane per worker: when it was starting, busy, waiting, and when it died. */

import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from 'echarts';
import { bytes, count, duration, percent } from '../../format.js';
import type { ReportData } from '../data.js';
import { baseOption, labelWidth, legend, nameAxis, tip, tooltip, valueAxis } from './chart-base.js';
import type { ChartPlan } from './chart-base.js';
import type { Theme } from './theme.js';
import type { Range } from './zoom.js';

const LABEL_PX = 150;
const MANY_LANES = 24;
/** What can be shown at most closely. */
const CLOSEST_MS = 2;

type Kind = 'Starting' | 'Walking' | 'Busy' | 'Died';

interface Block {
  value: [lane: number, start: number, end: number];
  title: string;
  pairs: [string, string][];
}

/** For places on the time axis, which are close to each other when it is zoomed. */
const moment = (ms: number): string => (ms < 1000 ? `${Number(ms.toFixed(2))} ms` : `${Number((ms / 1000).toFixed(4))} s`);

export const describeRange = ({ elapsedMs }: ReportData, { start, end }: Range): string =>
  `${duration((start / 100) * elapsedMs)} to ${duration((end / 100) * elapsedMs)}`;

export function timelineChart(data: ReportData, theme: Theme, width: number, range: Range): ChartPlan {
  const rowPx = data.lanes.length > MANY_LANES ? 16 : 34;
  const label = labelWidth(LABEL_PX, width);
  const blocks = blocksOf(data);
  const axis = valueAxis(theme, moment);
  const colors: Record<Kind, string> = { Starting: theme.starting, Walking: theme.walking, Busy: theme.code, Died: theme.bad };
  const kinds = (Object.keys(colors) as Kind[]).filter((kind) => blocks[kind].length > 0);
  const zoom = { xAxisIndex: 0, filterMode: 'none', minValueSpan: Math.min(CLOSEST_MS, data.elapsedMs), ...range };
  return {
    height: data.lanes.length * rowPx + 118,
    option: {
      ...baseOption(theme),
      tooltip: tooltip<Block>(theme, ({ data: block }) => tip(block.title, block.pairs)),
      legend: legend(theme, kinds),
      grid: { left: label + 12, right: 28, top: 38, bottom: 74 },
      xAxis: {
        ...axis,
        splitNumber: Math.max(2, Math.min(8, Math.floor((width - label) / 90))),
        min: 0,
        max: data.elapsedMs,
        axisLabel: { ...(axis['axisLabel'] as object), showMaxLabel: false, showMinLabel: false },
      },
      yAxis: nameAxis(
        theme,
        data.lanes.map((lane) => (label < LABEL_PX ? lane.name : `${lane.name}  ${percent(lane.busyMs, data.elapsedMs)} busy`)),
        label,
      ),
      dataZoom: [
        { type: 'inside', ...zoom, zoomOnMouseWheel: true, moveOnMouseMove: true },
        {
          type: 'slider',
          ...zoom,
          bottom: 10,
          height: 20,
          showDetail: false,
          brushSelect: false,
          borderColor: theme.line,
          fillerColor: theme.band,
          backgroundColor: 'transparent',
          handleStyle: { color: theme.tip, borderColor: theme.faint },
          moveHandleSize: 0,
        },
      ],
      series: kinds.map((kind) => ({
        name: kind,
        type: 'custom',
        itemStyle: { color: colors[kind] },
        encode: { x: [1, 2], y: 0 },
        clip: true,
        renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => drawBlock(api, rowPx, kind === 'Died' ? 3 : 0.75),
        data: blocks[kind],
      })),
    },
  };
}

function drawBlock(api: CustomSeriesRenderItemAPI, rowPx: number, minWidth: number): object {
  const lane = api.value(0);
  const [left, middle] = api.coord([api.value(1), lane]) as [number, number];
  const [right] = api.coord([api.value(2), lane]) as [number, number];
  const height = Math.round(rowPx * 0.62);
  return {
    type: 'rect',
    shape: { x: left, y: middle - height / 2, width: Math.max(minWidth, right - left), height, r: 1.5 },
    style: { fill: api.visual('color') },
  };
}

function blocksOf({ lanes }: ReportData): Record<Kind, Block[]> {
  const blocks: Record<Kind, Block[]> = { Starting: [], Walking: [], Busy: [], Died: [] };
  lanes.forEach((lane, index) => {
    const title = `${lane.name} (pid ${lane.pids.join(', then ')})`;
    for (const { start, end } of lane.starts) blocks.Starting.push({ value: [index, start, end], title, pairs: [['Starting for', duration(end - start)]] });
    for (const { start, end } of lane.walks) blocks.Walking.push({ value: [index, start, end], title, pairs: [['Walking the tree for', duration(end - start)]] });
    for (const { start, end, files, bytes: size, first } of lane.segments) {
      const pairs: [string, string][] = [
        ['From', duration(start)],
        ['For', duration(end - start)],
        ['Files', count(files)],
        ['Read', bytes(size)],
      ];
      if (first !== '') pairs.push(['First', first]);
      blocks.Busy.push({ value: [index, start, end], title, pairs });
    }
    for (const { at } of lane.deaths) blocks.Died.push({ value: [index, at, at], title, pairs: [['Died at', duration(at)]] });
  });
  return blocks;
}
