/** The written parts of the report, from top to bottom. Every text that comes from the tree goes through `escapeHtml`. */

import { bytes, compact, count, duration, percent, plural } from '../format.js';
import { escapeHtml } from './escape.js';
import type { CodeMap } from '../summarize.js';
import type { Report } from './page.js';

export function header({ root, result, createdAt }: Report): string {
  const who =
    result.mode === 'serial' ? 'one process' : `${count(result.workers)} worker ${result.workers === 1 ? 'process' : 'processes'}`;
  const notices: string[] = [];
  if (result.partial) {
    notices.push(
      `<p class="notice warn"><strong>Partial map.</strong> The run was stopped; ${plural(
        result.notReached,
        'file',
      )} found but not reached.</p>`,
    );
  }
  for (const { name, pid, how, filesPutBack } of result.lostWorkers) {
    notices.push(
      `<p class="notice warn"><strong>${escapeHtml(name)}</strong> (pid ${pid}) died: ${escapeHtml(how)}. ` +
        `${plural(filesPutBack, 'file')} in its hands went to others.</p>`,
    );
  }
  if (result.sharedTotalAgrees === false) {
    notices.push('<p class="notice bad"><strong>The shared total does not agree</strong> with the sum of the results.</p>');
  }
  const when = createdAt.toISOString().replace('T', ' ').slice(0, 16);
  return `<header>
<p class="mark">codemap</p>
<h1>${escapeHtml(root)}</h1>
<p class="sub">Mapped in <strong>${duration(
    result.elapsedMs,
  )}</strong> by ${who} <span aria-hidden="true">·</span> <time datetime="${createdAt.toISOString()}">${when} UTC</time></p>
${notices.join('\n')}
</header>`;
}

export function tiles({ result, comparison }: Report): string {
  const { totals } = result.map;
  const list: [label: string, value: string, detail: string][] = [
    ['Files', count(totals.files), `${bytes(totals.bytes)} read`],
    ['Lines', compact(totals.lines), `${count(totals.lines)} in all`],
    ['Comments', percent(totals.comment, totals.lines), `${count(totals.comment)} lines`],
    ['Identifiers', compact(totals.identifiers), `${count(totals.distinctIdentifiers)} different`],
    [
      'Speed',
      `${bytes((totals.bytes / result.elapsedMs) * 1000)}/s`,
      `${count(Math.round((totals.files / result.elapsedMs) * 1000))} files per second`,
    ],
    comparison === null
      ? [
          'Skipped',
          count(totals.skipped),
          totals.linkedAgain === 0 ? 'see the lists below' : `and ${plural(totals.linkedAgain, 'repeated link')}`,
        ]
      : [
          'Against one process',
          `${comparison.speedUp.toFixed(2)}×`,
          `${duration(comparison.serialMs)} → ${duration(comparison.parallelMs)}, ${comparison.equal ? 'same totals' : 'totals DIFFER'}`,
        ],
  ];
  const tile = ([label, value, detail]: (typeof list)[number]): string =>
    `<div class="tile"><dt>${label}</dt><dd>${value}<small>${detail}</small></dd></div>`;
  return `<dl class="tiles">${list.map(tile).join('')}</dl>`;
}

/** One bar that says how the lines divide. */
export function composition({ totals }: CodeMap): string {
  const parts = [
    ['code', 'Code', totals.code],
    ['comment', 'Comment', totals.comment],
    ['blank', 'Blank', totals.blank],
  ] as const;
  const bar = parts.map(([kind, , lines]) => `<span class="${kind}" style="flex-grow:${lines}"></span>`).join('');
  const legend = parts.map(
    ([kind, label, lines]) =>
      `<li><i class="${kind}"></i>${label} <b>${percent(lines, totals.lines)}</b> <span>${count(lines)}</span></li>`,
  );
  return `<section class="card composition"><h2>All lines</h2><div class="bar" aria-hidden="true">${bar}</div><ul class="legend">${legend.join(
    '',
  )}</ul></section>`;
}

/** What has no counts and why, by reason; long lists are folded. */
export function skippedLists(map: CodeMap): string {
  if (map.skipped.length === 0) return '';
  const groups = map.skipped.map((group) => {
    const items = group.listed.map(
      ({ path, detail }) => `<li><code>${escapeHtml(path)}</code>${detail === '' ? '' : ` <span>${escapeHtml(detail)}</span>`}</li>`,
    );
    const more = group.count > group.listed.length ? `<li class="more">and ${count(group.count - group.listed.length)} more</li>` : '';
    return `<details><summary>${escapeHtml(group.text)} <b>${count(group.count)}</b></summary><ul>${items.join('')}${more}</ul></details>`;
  });
  return `<section class="card wide skipped"><h2>Not counted</h2><p class="note">Nothing here stops a run</p>${groups.join('')}</section>`;
}
