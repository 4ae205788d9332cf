/** Shows on stderr how far a run is: one live line on a terminal, now and then a plain one elsewhere. */

import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { bytes, compact, count, duration } from './format.js';
import { sparkline } from './histogram.js';
import type { Snapshot } from './run.js';

const LIVE_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 1000;
const BAR_WIDTH = 24;

export interface Progress {
  /** Shows the state one last time and gives the terminal back. */
  stop(): void;
}

/**
 * Starts showing `snapshot()`.
 *
 * @param label - what is running, such as `serial` or `2 workers`.
 */
export function showProgress(stream: NodeJS.WriteStream, label: string, snapshot: () => Snapshot): Progress {
  const startedAt = performance.now();
  const live = stream.isTTY ? createLogUpdate(stream) : undefined;
  const show = (): void => {
    const elapsed = performance.now() - startedAt;
    if (live === undefined) stream.write(`codemap: ${plainLine(label, snapshot(), elapsed)}\n`);
    else live(liveLine(label, snapshot(), elapsed));
  };
  const timer = setInterval(show, live === undefined ? PLAIN_INTERVAL_MS : LIVE_INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      if (live === undefined) return;
      show();
      live.done();
    },
  };
}

/** What is done, as a part of 1. By bytes: time goes with them, not with the number of files. */
function partDone(state: Snapshot): number {
  if (state.walking || state.found === 0) return 0;
  const byFiles = (state.files + state.skipped) / state.found;
  // Skipped files have no bytes in the total, so at the end only the number of files says 1.
  return byFiles >= 1 ? 1 : Math.min(0.999, state.foundBytes === 0 ? byFiles : Math.max(state.bytes / state.foundBytes, 0));
}

export function plainLine(label: string, state: Snapshot, elapsedMs: number): string {
  const done = state.files + state.skipped;
  const of = state.walking ? `${count(state.found)}+` : count(state.found);
  return `${label}: ${count(done)} of ${of} files, ${bytes(state.bytes)}, ${compact(state.lines)} lines, ${duration(elapsedMs)}`;
}

export function liveLine(label: string, state: Snapshot, elapsedMs: number): string {
  const part = partDone(state);
  const filled = Math.round(part * BAR_WIDTH);
  const bar = pc.cyan('█'.repeat(filled)) + pc.dim('░'.repeat(BAR_WIDTH - filled));
  const speed = elapsedMs > 0 ? `${bytes((state.bytes / elapsedMs) * 1000)}/s` : '';
  const left =
    part > 0.05 && part < 1 ? `about ${duration((elapsedMs * (1 - part)) / part)} left` : state.walking ? 'walking the tree' : '';
  const facts = [
    pc.bold(label),
    `${count(state.files + state.skipped)}/${count(state.found)} files`,
    `${compact(state.lines)} lines`,
    speed,
    state.files > 0 ? pc.cyan(sparkline(state.histogram)) : '',
    left === '' ? duration(elapsedMs) : `${duration(elapsedMs)}, ${left}`,
  ];
  return `${bar} ${String(Math.floor(part * 100)).padStart(3)}%  ${facts.filter((fact) => fact !== '').join(pc.dim(' · '))}`;
}
