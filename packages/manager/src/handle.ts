/** What a proxy does its calls through: a connection to the server (client/), or, in the server itself, nothing but calls (server/). */
export interface Handle {
  readonly typeid: string;
  readonly objectId: number;
  /** Does not throw, but rejects. @param entry - the function of ours that was called: what is above it is left out of stacks. */
  call(method: string, args: readonly unknown[], tree: number | undefined, entry: Function): Promise<unknown>;
  transact(fn: Function, entry: Function): Promise<unknown>;
  iterate(): AsyncIterableIterator<unknown>;
  /** The proxy is not used any more. Twice is harmless. */
  release(): void;
  /** How the proxy travels: see client/sharing.ts. */
  share(): unknown;
  toString(): string;
}
