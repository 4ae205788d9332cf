/** What a tokenizer finds out about one source text. */
export interface SourceCounts {
  code: number;
  comment: number;
  blank: number;
  /** How often each identifier occurs. Its keys may be slices that keep the whole source text alive. */
  identifiers: Map<string, number>;
}

export function countIdentifier(identifiers: Map<string, number>, name: string): void {
  identifiers.set(name, (identifiers.get(name) ?? 0) + 1);
}
