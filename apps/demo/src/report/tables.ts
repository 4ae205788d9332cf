/** The tables of the report. Every text that comes from the tree goes through `escapeHtml`. */

import { bytes, count } from '../format.js';
import type { CodeMap, Counts, MappedFile } from '../summarize.js';
import { escapeHtml } from './escape.js';

const head = (names: readonly string[]): string => `<thead><tr>${names.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>`;

export function languageTable(map: CodeMap): string {
  const cells = (counts: Counts): string =>
    [count(counts.files), bytes(counts.bytes), ...[counts.lines, counts.code, counts.comment, counts.blank, counts.identifiers].map(count)]
      .map((text) => (text === '0' ? '<td class="zero">0</td>' : `<td>${text}</td>`))
      .join('');
  const rows = map.languages.map((entry) => `<tr><th scope="row">${escapeHtml(entry.language)}</th>${cells(entry)}</tr>`);
  return `<section class="card"><h2>Languages</h2><div class="scroll"><table>
${head(['Language', 'Files', 'Size', 'Lines', 'Code', 'Comment', 'Blank', 'Identifiers'])}
<tbody>${rows.join('')}</tbody>
<tfoot><tr><th scope="row">Total</th>${cells(map.totals)}</tr></tfoot>
</table></div></section>`;
}


/** A list of files, with the number it is ordered by in bold. */
export function fileTable(title: string, note: string, files: readonly MappedFile[], by: 'bytes' | 'lines'): string {
  const cell = (kind: typeof by, text: string): string => `<td>${kind === by ? `<b>${text}</b>` : text}</td>`;
  const rows = files.map(
    (file) =>
      `<tr><th scope="row" title="${escapeHtml(file.path)}"><bdi>${escapeHtml(file.path)}</bdi></th><td>${escapeHtml(file.language)}</td>` +
      `${cell('bytes', bytes(file.bytes))}${cell('lines', count(file.lines))}</tr>`,
  );
  return folded(title, note, `<table class="paths">${head(['File', 'Language', 'Size', 'Lines'])}<tbody>${rows.join('')}</tbody></table>`);
}

export function identifierTable({ identifiers, totals }: CodeMap): string {
  const rows = identifiers.map(({ name, count: times }) => `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${count(times)}</td></tr>`);
  const table = `<table>${head(['Identifier', 'Times'])}<tbody>${rows.join('')}</tbody></table>`;
  return folded('Most frequent identifiers', `Of ${count(totals.distinctIdentifiers)} different ones`, table);
}

const folded = (title: string, note: string, table: string): string =>
  `<section class="card wide"><details><summary><h2>${title}</h2><span class="note">${note}</span></summary><div class="scroll">${table}</div></details></section>`;
