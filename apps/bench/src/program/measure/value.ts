import { Lock, Process, sharedBuffer } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { succeed } from '../pair.js';
import { now, report } from '../protocol.js';
import { mustHold } from '../targets/value.js';

/** A number in shared memory and the lock beside it: what a `Value` is. */
export async function valueIncrement(order: Work): Promise<void> {
  const lock = new Lock();
  const bytes = sharedBuffer(Int32Array.BYTES_PER_ELEMENT);
  const value = new Int32Array(bytes.buffer, bytes.byteOffset, 1);
  raise(lock, value, order.warmup);
  const start = now();
  raise(lock, value, order.operations);
  const elapsed = now() - start;
  const counter = value[0] as number;
  await succeed(new Process({ target: mustHold, args: [value, counter] }).start());
  report(order, elapsed, { counter: counter - order.warmup });
}

function raise(lock: Lock, value: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    lock.acquireSync();
    value[0] = (value[0] as number) + 1;
    lock.release();
  }
}
