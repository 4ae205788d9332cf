/** Why an entry of the tree has no counts. Nothing in this list stops a run. */

import { SKIPPED_PER_REASON } from './limits.js';
import { byName } from './order.js';

export const SKIP_REASONS = {
  empty: 'empty file',
  binary: 'binary file',
  enormous: 'larger than 16 MiB',
  unreadable: 'file cannot be read',
  'unreadable-folder': 'folder cannot be read',
  special: 'not a regular file',
  'broken-link': 'broken link',
  'link-loop': 'link that leads back to itself',
  'linked-again': 'link to something already mapped',
  failed: 'could not be tokenized',
  lost: 'its worker died',
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

export interface Skip {
  path: string;
  reason: SkipReason;
  /** What the system or the tokenizer said, or where the link leads. */
  detail: string;
}

export interface SkippedGroup {
  reason: SkipReason;
  text: string;
  count: number;
  /** The first ones by path. */
  listed: { path: string; detail: string }[];
}

/** In the order of `SKIP_REASONS`. */
export function groupSkips(skips: readonly Skip[]): SkippedGroup[] {
  const groups: SkippedGroup[] = [];
  for (const [reason, text] of Object.entries(SKIP_REASONS) as [SkipReason, string][]) {
    const those = skips.filter((skip) => skip.reason === reason).sort((a, b) => byName(a.path, b.path));
    if (those.length === 0) continue;
    const listed = those.slice(0, SKIPPED_PER_REASON).map(({ path, detail }) => ({ path, detail }));
    groups.push({ reason, text, count: those.length, listed });
  }
  return groups;
}

/** The message of anything thrown, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's error code of a failed file operation, or the empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
