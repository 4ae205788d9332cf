/** Passes over an array of doubles, the same whoever made it. Each is checked: a fill at 64 places, a sum in full. */
import type { Work } from '../scenario/work.js';
import { now, report } from './protocol.js';

type Doubles = Float64Array<ArrayBufferLike>;

export function measurePasses(order: Work, view: Doubles): void {
  const pass = order.scenario === 'view-fill' ? fill : sum;
  for (let i = 0; i < view.length; i++) view[i] = i;
  for (let i = 0; i < order.warmup; i++) pass(view, i);
  if (pass === sum) for (let i = 0; i < view.length; i++) view[i] = i;
  let checked = 0;
  const start = now();
  for (let i = 0; i < order.operations; i++) if (pass(view, i)) checked++;
  report(order, now() - start, { checked });
}

function fill(view: Doubles, i: number): boolean {
  view.fill(i);
  for (let at = 0; at < view.length; at += view.length / 64) if (view[at] !== i) return false;
  return view[view.length - 1] === i;
}

function sum(view: Doubles): boolean {
  let total = 0;
  for (let at = 0; at < view.length; at++) total += view[at]!;
  return total === (view.length * (view.length - 1)) / 2;
}
