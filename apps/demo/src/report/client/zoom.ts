/** Zoom of the timeline by buttons and keys; wheel and drag are the charting library's own. What is shown is a range of parts of the whole. */

import type { EChartsType } from 'echarts/core';

export interface Range {
  /** In percent. */
  start: number;
  end: number;
}

const ALL: Range = { start: 0, end: 100 };

/** What a chart shows; all, before it has been drawn. */
export function rangeOf(chart: EChartsType | undefined): Range {
  const [zoom = ALL] = (chart?.getOption()?.['dataZoom'] ?? []) as Range[];
  return { start: zoom.start, end: zoom.end };
}

const STEP = 1.5;
/** As a part of what is shown. */
const MOVE = 0.2;

export class Zoom {
  readonly #chart: EChartsType;
  readonly #describe: (range: Range) => string;

  /**
   * @param box - the element of the chart, which gets the keys.
   * @param describe - what is written beside the buttons.
   */
  constructor(chart: EChartsType, box: HTMLElement, describe: (range: Range) => string) {
    this.#chart = chart;
    this.#describe = describe;
    const keys: Record<string, () => void> = {
      '+': () => this.#scale(1 / STEP),
      '=': () => this.#scale(1 / STEP),
      '-': () => this.#scale(STEP),
      ArrowLeft: () => this.#move(-MOVE),
      ArrowRight: () => this.#move(MOVE),
      '0': () => this.#show(ALL),
    };
    box.addEventListener('keydown', (event) => {
      const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    });
    for (const [id, key] of [['zoom-in', '+'], ['zoom-out', '-'], ['zoom-reset', '0']] as const) button(id).addEventListener('click', keys[key]!);
    chart.on('datazoom', () => this.#note());
    this.#note();
  }

  #scale(factor: number): void {
    const { start, end } = rangeOf(this.#chart);
    const middle = (start + end) / 2;
    const half = Math.min(50, ((end - start) * factor) / 2);
    const from = Math.min(100 - 2 * half, Math.max(0, middle - half));
    this.#show({ start: from, end: from + 2 * half });
  }

  #move(part: number): void {
    const { start, end } = rangeOf(this.#chart);
    const by = Math.max(-start, Math.min(100 - end, part * (end - start)));
    this.#show({ start: start + by, end: end + by });
  }

  #show({ start, end }: Range): void {
    this.#chart.dispatchAction({ type: 'dataZoom', dataZoomIndex: 0, start, end });
  }

  #note(): void {
    const range = rangeOf(this.#chart);
    const isAll = range.start === 0 && range.end === 100;
    button('zoom-reset').disabled = isAll;
    button('zoom-out').disabled = isAll;
    document.getElementById('zoom-range')!.textContent = isAll ? '' : this.#describe(range);
  }
}

const button = (id: string): HTMLButtonElement => document.getElementById(id) as HTMLButtonElement;
