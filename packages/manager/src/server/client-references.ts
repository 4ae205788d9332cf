/** What one client refers to, and the pins of proxies that it has on their way. */
import { SerializationError } from '@manycore/core';
import type { Referents } from './referents.js';

const MOST_TOKEN_LENGTH = 128;

export class ClientReferences {
  readonly #counts = new Map<number, number>();
  readonly #tokens = new Set<string>();

  constructor(readonly referents: Referents) {}

  /** A reference is on its way to the client, or has reached it. @throws ManagerError when there is no such object */
  add(objectId: number): void {
    this.referents.retain(this.referents.require(objectId));
    this.#counts.set(objectId, (this.#counts.get(objectId) ?? 0) + 1);
  }

  /** The client gives some back; never more than it has. */
  drop(objectId: number, count: number): void {
    const held = this.#counts.get(objectId) ?? 0;
    const dropped = Math.min(held, count);
    if (dropped === 0) return;
    if (dropped === held) this.#counts.delete(objectId);
    else this.#counts.set(objectId, held - dropped);
    this.referents.release(this.referents.require(objectId), dropped);
  }

  /** The client has put a proxy on its way. */
  pin(objectId: number, token: unknown): void {
    const checked = checkedToken(token);
    this.referents.pin(this.referents.require(objectId), checked);
    if (this.referents.isPinned(checked)) this.#tokens.add(checked);
  }

  /** A proxy has arrived at the client. */
  adopt(objectId: number, token: unknown): void {
    this.add(objectId);
    this.referents.unpin(checkedToken(token));
  }

  /** The client is gone. */
  end(): void {
    for (const token of this.#tokens) this.referents.expire(token);
    for (const [objectId, count] of this.#counts) {
      const referent = this.referents.find(objectId);
      if (referent !== undefined) this.referents.release(referent, count);
    }
    this.#counts.clear();
    this.#tokens.clear();
  }
}

function checkedToken(token: unknown): string {
  if (typeof token === 'string' && token.length <= MOST_TOKEN_LENGTH) return token;
  throw new SerializationError('a token of a proxy is none');
}
