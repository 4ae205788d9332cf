/** Reads a tree so that the system has it in memory. */

import { readFileSync } from 'node:fs';
import { ThreadPoolExecutor } from 'manycore';
import { ENORMOUS_BYTES } from './limits.js';
import { codeOf } from './skip.js';
import { walk } from './walk.js';

const THREADS = 4;
const FILES_PER_TASK = 256;

/** What a thread does. It blocks, which is what threads are for. Files that cannot be read are the business of whoever counts them. */
export function readFiles(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      readFileSync(path);
    } catch (error) {
      if (codeOf(error) === '') throw error;
    }
  }
}

/**
 * Reads every file of a tree once, so that of two runs the first does not pay for the disk on behalf of the second. Several threads, since one
 * would do nothing while it waits for the disk. Resolves early when `stop` is aborted.
 */
export async function warmFileCache(root: string, stop: AbortSignal): Promise<void> {
  await using threads = new ThreadPoolExecutor({ maxWorkers: THREADS, threadNamePrefix: 'read' });
  // With a buffer the walk goes on as the reading does, and not to its end at once.
  const reads = threads.with({ signal: stop, bufferSize: 2 * THREADS }).map(readFiles, pathsOf(root));
  try {
    while (!(await reads.next()).done) if (stop.aborted) break;
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

function* pathsOf(root: string): Generator<string[]> {
  let paths: string[] = [];
  for (const event of walk(root)) {
    if ('file' in event && event.file.size <= ENORMOUS_BYTES) paths.push(`${root}/${event.file.path}`);
    if (paths.length < FILES_PER_TASK) continue;
    yield paths;
    paths = [];
  }
  yield paths;
}
