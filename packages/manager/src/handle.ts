/** What a proxy does its calls through: a connection to the server (client/), or, in the server itself, nothing but calls (server/). */
export interface Handle {
  readonly typeid: string;
  readonly objectId: number;
  /** Never throws, but rejects. */
  call(method: string, args: readonly unknown[], tree: number | undefined): Promise<unknown>;
  iterate(): AsyncIterableIterator<unknown>;
  /** The proxy is not used any more. Twice is harmless. */
  release(): void;
  /** How the proxy travels: plain data, for `arrived` (client/sharing.ts). */
  share(): unknown;
  toString(): string;
}
