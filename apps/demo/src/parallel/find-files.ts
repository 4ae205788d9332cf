/** Walks the tree in a worker, and puts what it finds into a queue while it goes on. */

import type { Event, Queue, Value } from 'manycore';
import type { Skip } from '../skip.js';
import type { SourceFile } from '../walk.js';
import { walk } from '../walk.js';

/** Some entries of the walk: one message for many costs less than one for each. */
export interface Finding {
  files: SourceFile[];
  skips: Skip[];
}

const FINDING_ENTRIES = 128;

/**
 * Blocks its worker until the walk is over, or `stop` is set. When the worker dies, it is begun again in another one, and finds everything
 * once more: whoever takes from the queue must not mind.
 *
 * @param seen - how many entries there were so far, for whoever wants to show it. Added to atomically, so it needs no lock.
 */
export function findFiles(root: string, findings: Queue<Finding>, seen: Value<'u32'>, stop: Event): void {
  let finding: Finding = { files: [], skips: [] };
  for (const event of walk(root)) {
    if (stop.isSet()) return;
    seen.add(1);
    if ('file' in event) finding.files.push(event.file);
    else finding.skips.push(event.skip);
    if (finding.files.length + finding.skips.length < FINDING_ENTRIES) continue;
    findings.putSync(finding);
    finding = { files: [], skips: [] };
  }
  findings.putSync(finding);
}
