/**
 * The report: one HTML page that needs nothing else, neither network nor neighbouring files.
 *
 * Text and tables are written here and can be read without scripts; the charts are drawn by the client script from the embedded data. The
 * content security policy allows that one script by its hash and no request at all, but for a page that `--watch` serves: it listens to
 * the server it comes from.
 */

import { createHash } from 'node:crypto';
import type { Comparison } from '../compare.js';
import type { RunResult } from '../run.js';
import { chartCards } from './cards.js';
import { reportData } from './data.js';
import { embedJson, embedScript, escapeHtml } from './escape.js';
import { composition, header, skippedLists, tiles } from './sections.js';
import { STYLE } from './style.js';
import { fileTable, identifierTable, languageTable } from './tables.js';

export interface Report {
  root: string;
  result: RunResult;
  comparison: Comparison | null;
  createdAt: Date;
  /** Whether a server gives the page out that tells of changes. */
  isLive: boolean;
}

/** The whole page as text. `clientScript` is what `loadClientScript()` gives. */
export function renderReport(report: Report, clientScript: string): string {
  const { result, isLive } = report;
  const { map } = result;
  const script = embedScript(clientScript);
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'${isLive ? "; connect-src 'self'" : ''}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>codemap: ${escapeHtml(report.root)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${header(report)}
${tiles(report)}
${composition(map)}
<div class="grid">${chartCards()}</div>
${languageTable(map)}
<div class="grid">
${fileTable('Biggest files', 'By size', map.biggest, 'bytes')}
${fileTable('Longest files', 'By number of lines', map.longest, 'lines')}
${identifierTable(map)}
${skippedLists(map)}
</div>
<footer>Made by codemap, the demo of manycore. Map and numbers depend on the files alone; times are of this run.</footer>
</main>
<script type="application/json" id="data">${embedJson(reportData(result, isLive))}</script>
<script>${script}</script>
</body>
</html>
`;
}
