/** The page's own script, built beside the program (`tsup.config.ts`) and put into every report. */

import { readFileSync } from 'node:fs';

export function loadClientScript(): string {
  return readFileSync(new URL('./report-client.js', import.meta.url), 'utf8');
}
