/** Counts the files of one batch, one after the other. */

import { analyzeFile } from './analyze-file.js';
import { BatchBuilder } from './batch-result.js';
import type { BatchResult } from './batch-result.js';
import type { IdentifierDictionary } from './identifier-dictionary.js';

export interface BatchHooks {
  /** Called before each file with its index in the batch; `false` ends the batch there. */
  before(index: number): boolean;
}

/** Blocks until the batch is done. `paths` are relative to `root`. */
export function analyzeBatch(root: string, paths: readonly string[], dictionary: IdentifierDictionary, hooks: BatchHooks): BatchResult {
  const batch = new BatchBuilder(dictionary);
  for (const [index, path] of paths.entries()) {
    if (!hooks.before(index)) break;
    const result = analyzeFile(`${root}/${path}`);
    if ('counts' in result) batch.addCounts(result.counts);
    else batch.addSkip(result.skip);
  }
  return batch.finish();
}
