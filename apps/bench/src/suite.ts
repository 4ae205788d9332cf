import { contenders } from './contender/all.js';
import type { Contender } from './contender/contender.js';
import type { Python } from './pythons.js';
import type { RunHeader } from './report/header.js';
import { formatMarkdown } from './report/markdown.js';
import type { Measured, ReportGroup, Void } from './report/report.js';
import { scenarios } from './scenario/all.js';
import type { Scenario } from './scenario/scenario.js';

/** What one program of the bench measures, and how it shows it. */
export interface Suite {
  /** Its file in `dist`, without the ending. */
  readonly program: string;
  /** Name of the two marks in a markdown file between which its results go. */
  readonly marks: string;
  readonly scenarios: readonly Scenario[];
  contenders(pythons: readonly Python[]): readonly Contender[];
  readonly withCPython: boolean;
  formatMarkdown(header: RunHeader, groups: readonly ReportGroup[]): string;
  /** Whether the run has failed when this row is void. */
  mustCount(row: Measured | Void): boolean;
}

/** The primitives, queues and processes. */
export const primitives: Suite = {
  program: 'main',
  marks: 'bench-results',
  scenarios,
  contenders,
  withCPython: true,
  formatMarkdown,
  mustCount: () => true,
};
