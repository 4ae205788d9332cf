import type { WalkEvent } from '../../src/walk.js';

/** The paths of the files of a walk, and its skips as `reason path`. */
export function collect(events: Iterable<WalkEvent>): { files: string[]; skips: string[] } {
  const files: string[] = [];
  const skips: string[] = [];
  for (const event of events) {
    if ('file' in event) files.push(event.file.path);
    else skips.push(`${event.skip.reason} ${event.skip.path}`);
  }
  return { files, skips };
}
