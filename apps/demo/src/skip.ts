/** Why an entry of the tree has no counts. Nothing in this list stops a run. */

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

/** The message of anything thrown, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's error code of a failed file operation, or the empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
