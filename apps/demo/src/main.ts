#!/usr/bin/env node
/** `codemap`: reads the command line, runs, prints, writes the report. */

import { writeFileSync } from 'node:fs';
import { activeChildren, cpuCount, isMainProcess } from 'manycore';
import pc from 'picocolors';
import { compareRuns, warmFileCache } from './compare.js';
import type { Comparison } from './compare.js';
import { INTERRUPTED_EXIT_CODE, listenForInterrupt } from './interrupt.js';
import { jsonSummary } from './json-summary.js';
import { parseOptions } from './options.js';
import { showProgress } from './progress.js';
import { loadClientScript } from './report/client-script.js';
import { renderReport } from './report/page.js';
import { runParallel } from './run-parallel.js';
import { runSerial } from './run-serial.js';
import type { RunOptions, RunResult } from './run.js';
import { codeOf } from './skip.js';
import { summaryTable } from './summary-table.js';

async function withProgress(label: string, run: (watch: RunOptions['watch']) => Promise<RunResult>): Promise<RunResult> {
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    return await run((snapshot) => (progress = showProgress(process.stderr, label, snapshot)));
  } finally {
    await progress?.stop();
  }
}

/** The exit code: 0, 1 when something was lost or does not agree, 130 when stopped by Ctrl-C. */
async function main(): Promise<number> {
  const { root, workers, serial, json, report } = parseOptions(process.argv.slice(2), cpuCount());
  // Read now: a build without it should fail before the work, not after.
  const clientScript = report === null ? '' : loadClientScript();
  const interrupt = listenForInterrupt(
    () => process.stderr.write('\ncodemap: stopping; workers finish the file they are at. Ctrl-C again ends at once.\n'),
    () => {
      for (const child of activeChildren()) child.kill();
      process.exit(INTERRUPTED_EXIT_CODE);
    },
  );
  const { stop } = interrupt;

  let result: RunResult | undefined;
  let comparison: Comparison | null = null;
  if (serial) {
    process.stderr.write('codemap: reading every file once, so that both runs find them in memory\n');
    await warmFileCache(root, stop);
    result = await withProgress('serial', (watch) => runSerial({ root, stop, watch }));
  }
  if (!stop.aborted) {
    const parallel = await withProgress(`${workers} ${workers === 1 ? 'worker' : 'workers'}`, (watch) =>
      runParallel({ root, workers, stop, watch }),
    );
    if (result !== undefined && !stop.aborted) comparison = compareRuns(result, parallel);
    result = parallel;
  }
  interrupt.end();
  if (result === undefined) return INTERRUPTED_EXIT_CODE;

  process.stdout.write(json ? jsonSummary(root, result, comparison) : `\n${summaryTable(result, comparison)}`);
  if (report !== null) {
    writeFileSync(report, renderReport({ root, result, comparison, createdAt: new Date() }, clientScript));
    process.stderr.write(`${pc.dim('Report:')} ${report}\n`);
  }
  if (result.partial) return INTERRUPTED_EXIT_CODE;
  const lost = result.map.skipped.some((group) => group.reason === 'lost');
  return lost || result.sharedTotalAgrees === false || comparison?.equal === false ? 1 : 0;
}

if (isMainProcess) {
  // `codemap | head` closes the pipe before all is printed: that is no error.
  process.stdout.on('error', (error) => {
    if (codeOf(error) !== 'EPIPE') throw error;
  });
  process.exitCode = await main();
}
