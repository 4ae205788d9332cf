/** What sessions ask of their server. */
import type { Call } from './call.js';

export interface Dispatcher {
  /** Runs what a message asks for; gives the result or a promise of it. @param tail - the type or method. @throws what the method throws; ManagerError */
  dispatch(kind: number, call: Call, object: number, tail: unknown, args: unknown[]): unknown;
  /** Runs code of the user's whose failure nobody waits for. */
  guard(run: () => void): void;
  shutDown(): void;
}
