/**
 * The report: one HTML page that needs nothing else, neither network nor neighbouring files.
 *
 * Text and tables are written here and can be read without scripts; the charts are drawn by the client script from the embedded data. The
 * content security policy allows that one script by its hash and no request at all.
 */

import { createHash } from 'node:crypto';
import type { Comparison } from '../compare.js';
import type { RunResult } from '../run.js';
import { reportData } from './data.js';
import { embedJson, embedScript, escapeHtml } from './escape.js';
import { composition, header, languageTable, skippedLists, tiles } from './sections.js';
import { STYLE } from './style.js';

export interface Report {
  root: string;
  result: RunResult;
  comparison: Comparison | null;
  createdAt: Date;
}

interface Card {
  id: string;
  title: string;
  note: string;
  wide?: boolean;
}

const CARDS: Card[] = [
  { id: 'files', title: 'Files by language', note: 'How many files were counted' },
  { id: 'lines', title: 'Lines by language', note: 'Code, comments and blank lines' },
  { id: 'timeline', title: 'What each worker did', note: 'Each block is a run of batches; gaps are waiting', wide: true },
  { id: 'biggest', title: 'Biggest files', note: 'By size, coloured by language' },
  { id: 'identifiers', title: 'Most frequent identifiers', note: 'Reserved words left out' },
];

const card = ({ id, title, note, wide }: Card): string => `
<section class="card${wide === true ? ' wide' : ''}">
  <h2>${title}</h2><p class="note">${note}</p>
  <div class="chart" id="${id}" role="img" aria-label="${title}"></div>
</section>`;

/** The whole page as text. `clientScript` is what `loadClientScript()` gives. */
export function renderReport(report: Report, clientScript: string): string {
  const { result } = report;
  const script = embedScript(clientScript);
  const hash = createHash('sha256').update(script).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>codemap: ${escapeHtml(report.root)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${header(report)}
${tiles(report)}
${composition(result.map)}
<div class="grid">${CARDS.map(card).join('')}</div>
${languageTable(result.map)}
${skippedLists(result.map)}
<footer>Made by codemap, the demo of manycore. Map and numbers depend on the files alone; times are of this run.</footer>
</main>
<script type="application/json" id="data">${embedJson(reportData(result))}</script>
<script>${script}</script>
</body>
</html>
`;
}
