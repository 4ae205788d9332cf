export type ShareableValue = number | bigint | boolean | string | Uint8Array | null;

/** A list of fixed length in a named segment. */
export class ShareableList {
  constructor(readonly values?: Iterable<ShareableValue>) {}
}
