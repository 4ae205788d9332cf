/** One lane per worker: when it was starting, busy, waiting, and when it died. */

import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from 'echarts';
import { bytes, count, duration, percent } from '../../format.js';
import type { ReportData } from '../data.js';
import { baseOption, legend, nameAxis, tip, tooltip, valueAxis } from './chart-base.js';
import type { ChartPlan } from './chart-base.js';
import type { Theme } from './theme.js';

const LABEL_PX = 172;
const MANY_LANES = 24;

type Kind = 'Starting' | 'Busy' | 'Died';

interface Block {
  value: [lane: number, start: number, end: number];
  title: string;
  pairs: [string, string][];
}

export function timelineChart(data: ReportData, theme: Theme): ChartPlan {
  const rowPx = data.lanes.length > MANY_LANES ? 16 : 34;
  const blocks = blocksOf(data);
  const axis = valueAxis(theme, duration);
  const colors: Record<Kind, string> = { Starting: theme.starting, Busy: theme.code, Died: theme.bad };
  const kinds = (Object.keys(colors) as Kind[]).filter((kind) => blocks[kind].length > 0);
  return {
    height: data.lanes.length * rowPx + 74,
    option: {
      ...baseOption(theme),
      tooltip: tooltip<Block>(theme, ({ data: block }) => tip(block.title, block.pairs)),
      legend: legend(theme, kinds),
      grid: { left: LABEL_PX + 12, right: 28, top: 38, bottom: 30 },
      xAxis: { ...axis, splitNumber: 8, min: 0, max: data.elapsedMs, axisLabel: { ...(axis['axisLabel'] as object), showMaxLabel: false } },
      yAxis: nameAxis(
        theme,
        data.lanes.map((lane) => `${lane.name}  ${percent(lane.busyMs, data.elapsedMs)} busy`),
        LABEL_PX,
      ),
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

function blocksOf({ lanes, elapsedMs }: ReportData): Record<Kind, Block[]> {
  const blocks: Record<Kind, Block[]> = { Starting: [], Busy: [], Died: [] };
  lanes.forEach((lane, index) => {
    const title = lane.pid === 0 ? lane.name : `${lane.name} (pid ${lane.pid})`;
    const ready = lane.readyAt ?? lane.diedAt ?? elapsedMs;
    if (ready > 0) blocks.Starting.push({ value: [index, 0, ready], title, pairs: [['Starting for', duration(ready)]] });
    for (const { start, end, files, bytes: size } of lane.segments) {
      const pairs: [string, string][] = [
        ['From', duration(start)],
        ['For', duration(end - start)],
        ['Files', count(files)],
        ['Read', bytes(size)],
      ];
      blocks.Busy.push({ value: [index, start, end], title, pairs });
    }
    if (lane.diedAt !== null)
      blocks.Died.push({ value: [index, lane.diedAt, lane.diedAt], title, pairs: [['Died at', duration(lane.diedAt)]] });
  });
  return blocks;
}
