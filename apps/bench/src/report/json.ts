import type { RunHeader } from './header.js';
import type { ReportGroup } from './report.js';

/** Everything that was measured, for other programs. Figures are nanoseconds per operation, or what the group's `figure` and `unit` say. */
export function formatJson(header: RunHeader, groups: readonly ReportGroup[]): string {
  return `${JSON.stringify({ ...header, groups }, null, 2)}\n`;
}
