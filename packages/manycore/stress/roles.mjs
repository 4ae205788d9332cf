/** The processes of the campaign. Each loops until it is told to stop, or killed. */
import { FAULTS, ITEMS_PER_PRODUCER, LEFT, RIGHT, STEPS, STOP } from './ledger.mjs';

const SIZES = [0, 8, 100, 2_000, 40_000];

function guarded(lock, pair) {
  lock.acquireSync();
  if (lock.abandoned !== null) {
    // The dead may have been between the two halves.
    pair[RIGHT] = pair[LEFT];
    lock.recover();
  }
  if (pair[LEFT] !== pair[RIGHT]) Atomics.add(pair, FAULTS, 1);
  pair[LEFT] += 1;
  pair[RIGHT] += 1;
  lock.release();
  Atomics.add(pair, STEPS, 1);
}

export function producer({ queue, lock, ledger }, number) {
  const { put, pair } = ledger;
  for (let i = put[number]; i < ITEMS_PER_PRODUCER - 1 && Atomics.load(pair, STOP) === 0; i++) {
    queue.putSync({ number, i, lock: i % 50 === 0 ? lock : null, filler: new Uint8Array(SIZES[(number + i) % SIZES.length]).fill(i) });
    Atomics.store(put, number, i + 1);
    if (i % 3 === 0) guarded(lock, pair);
  }
}

function consumed(item, { seen, pair }) {
  if (item.filler.length > 0 && item.filler[item.filler.length - 1] !== (item.i & 255)) Atomics.add(pair, FAULTS, 1);
  if (item.i % 50 === 0 && typeof item.lock?.release !== 'function') Atomics.add(pair, FAULTS, 1);
  Atomics.add(seen, item.number * ITEMS_PER_PRODUCER + item.i, 1);
  Atomics.add(pair, STEPS, 1);
}

export function consumer({ queue, lock, ledger }) {
  for (let n = 0; Atomics.load(ledger.pair, STOP) === 0; n++) {
    try {
      consumed(queue.getSync({ timeout: 100 }), ledger);
    } catch (error) {
      if (error.code !== 'ERR_MANYCORE_QUEUE_EMPTY') throw error;
    }
    if (n % 5 === 0) guarded(lock, ledger.pair);
  }
}

export async function asyncConsumer({ queue, lock, ledger }) {
  for (let n = 0; Atomics.load(ledger.pair, STOP) === 0; n++) {
    try {
      consumed(await queue.get({ timeout: 100 }), ledger);
    } catch (error) {
      if (error.code !== 'ERR_MANYCORE_QUEUE_EMPTY') throw error;
    }
    if (n % 5 === 0) {
      await lock.withLock(() => {
        if (lock.abandoned === null && ledger.pair[LEFT] !== ledger.pair[RIGHT]) Atomics.add(ledger.pair, FAULTS, 1);
      });
    }
  }
}
