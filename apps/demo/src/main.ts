#!/usr/bin/env node
/** `codemap`: reads the command line, runs, prints, writes the report, and with `--watch` does it again after each change. */

import { writeFileSync } from 'node:fs';
import { activeChildren, cpuCount, isMainProcess } from 'manycore';
import pc from 'picocolors';
import { compareRuns } from './compare.js';
import type { Comparison } from './compare.js';
import { INTERRUPTED_EXIT_CODE, listenForInterrupt } from './interrupt.js';
import { jsonSummary } from './json-summary.js';
import { parseOptions } from './options.js';
import { Mapper } from './parallel/mapper.js';
import { showProgress } from './progress.js';
import { loadClientScript } from './report/client-script.js';
import { renderReport } from './report/page.js';
import { runSerial } from './run-serial.js';
import type { RunOptions, RunResult } from './run.js';
import { codeOf } from './skip.js';
import { summaryTable } from './summary-table.js';
import { warmFileCache } from './warm-cache.js';
import { keepWatching } from './watch/keep-watching.js';

async function withProgress(label: string, run: (observe: RunOptions['observe']) => Promise<RunResult>): Promise<RunResult> {
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    return await run((snapshot) => (progress = showProgress(process.stderr, label, snapshot)));
  } finally {
    progress?.stop();
  }
}

/** The exit code: 0, 1 when something was lost or does not agree, 130 when stopped by Ctrl-C. */
async function main(): Promise<number> {
  const { root, workers, serial, json, report, watch, port } = parseOptions(process.argv.slice(2), cpuCount());
  // Read now: a build without it should fail before the work, not after.
  const clientScript = report === null && !watch ? '' : loadClientScript();
  const { stop, end } = listenForInterrupt(
    () => process.stderr.write('\ncodemap: stopping; workers finish the file they are at. Ctrl-C again ends at once.\n'),
    () => {
      for (const child of activeChildren()) child.kill();
      process.exit(INTERRUPTED_EXIT_CODE);
    },
  );

  let alone: RunResult | undefined;
  if (serial) {
    process.stderr.write('codemap: reading every file once, so that both runs find them in memory\n');
    await warmFileCache(root, stop);
    alone = await withProgress('serial', (observe) => runSerial(root, { stop, observe }));
  }
  const print = (result: RunResult, comparison: Comparison | null): number => {
    process.stdout.write(json ? jsonSummary(root, result, comparison) : `\n${summaryTable(result, comparison)}`);
    writeReport(result, comparison);
    if (report !== null) process.stderr.write(`${pc.dim('Report:')} ${report}\n`);
    if (result.partial) return INTERRUPTED_EXIT_CODE;
    const lost = result.map.skipped.some((group) => group.reason === 'lost');
    return lost || result.sharedTotalAgrees === false || comparison?.equal === false ? 1 : 0;
  };
  const page = (result: RunResult, comparison: Comparison | null, isLive: boolean): string =>
    renderReport({ root, result, comparison, createdAt: new Date(), isLive }, clientScript);
  const writeReport = (result: RunResult, comparison: Comparison | null): void => {
    if (report !== null) writeFileSync(report, page(result, comparison, false));
  };
  if (alone !== undefined && stop.aborted) return print(alone, null);

  await using mapper = new Mapper({ root, workers, isWatching: watch });
  const result = await withProgress(`${workers} ${workers === 1 ? 'worker' : 'workers'}`, (observe) => mapper.map({ stop, observe }));
  const code = print(result, alone === undefined || stop.aborted ? null : compareRuns(alone, result));
  if (watch && !stop.aborted) {
    await keepWatching({
      root,
      mapper,
      stop,
      port,
      ignored: report,
      first: page(result, null, true),
      onChange: (changed) => {
        writeReport(changed, null);
        return page(changed, null, true);
      },
    });
  }
  end();
  return code;
}

if (isMainProcess) {
  // `codemap | head` closes the pipe before all is printed: that is no error.
  process.stdout.on('error', (error) => {
    if (codeOf(error) !== 'EPIPE') throw error;
  });
  process.exitCode = await main();
}
