import { IdentifierCounts } from '../../src/identifiers/counts.js';
import { IdentifierDictionary } from '../../src/identifiers/dictionary.js';
import type { Report } from '../../src/report/page.js';
import type { RunResult } from '../../src/run.js';
import { summarize, withIdentifiers } from '../../src/summarize.js';
import { newLane } from '../../src/timeline.js';

/** A report of a tree with one file, and one broken link, called `path`. */
export function sampleReport(path: string, change: Partial<RunResult> = {}): Report {
  const dictionary = new IdentifierDictionary();
  dictionary.addFile(new Map([['x', 1]]));
  const identifiers = new IdentifierCounts(false);
  identifiers.add('', [path], dictionary.take());
  const summary = summarize([
    [path, { language: 0, bytes: 3, code: 1, comment: 0, blank: 0, identifiers: 1 }],
    [path, { reason: 'broken-link', detail: path }],
  ]);
  const result: RunResult = {
    map: withIdentifiers(summary, identifiers),
    mode: 'parallel',
    workers: 2,
    elapsedMs: 1234,
    walkMs: 10,
    counted: 2,
    gone: 0,
    partial: false,
    notReached: 0,
    lanes: [newLane('worker 1')],
    slowest: null,
    lostWorkers: [],
    sharedTotalAgrees: true,
    ...change,
  };
  return { root: `/tmp/${path}`, result, comparison: null, createdAt: new Date(0), isLive: false };
}
