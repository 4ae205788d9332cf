/** `--watch`: the workers stay, each change of the tree is counted, and open pages show it. */

import pc from 'picocolors';
import { duration, plural } from '../format.js';
import type { Mapper } from '../parallel/mapper.js';
import type { RunResult } from '../run.js';
import { PageServer } from './page-server.js';
import { treeChanges } from './tree-changes.js';

export interface WatchOptions {
  /** Absolute. */
  root: string;
  mapper: Mapper;
  /** Aborted by Ctrl-C, which is how watching ends. */
  stop: AbortSignal;
  /** Of the page; 0: any that is free. */
  port: number;
  /** A file, the report, that changes because of the watching. */
  ignored: string | null;
  /** The page at the beginning. */
  first: string;
  /** Makes a new page. */
  onChange(result: RunResult): string;
}

/** Resolves when `stop` is aborted. */
export async function keepWatching({ root, mapper, stop, port, ignored, first, onChange }: WatchOptions): Promise<void> {
  using server = await PageServer.open(port, first);
  process.stderr.write(`${pc.dim('Watching; the page is at')} ${server.url}${pc.dim(', Ctrl-C ends')}\n`);
  for await (const _ of treeChanges(root, ignored, stop)) {
    const result = await mapper.map({ stop, observe: () => undefined });
    if (result.partial || (result.counted === 0 && result.gone === 0)) continue;
    server.show(onChange(result));
    process.stderr.write(`codemap: ${plural(result.counted, 'file')} counted again, ${result.gone} gone, in ${duration(result.elapsedMs)}\n`);
  }
}
