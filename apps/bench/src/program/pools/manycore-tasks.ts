/** The task of the pool rows that only `Pool` and `ThreadPool` can do. */
import { transfer } from 'manycore';

export function echoMoved(bytes: Uint8Array): Uint8Array {
  return transfer(bytes);
}
