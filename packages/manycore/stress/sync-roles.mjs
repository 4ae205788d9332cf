/** The members of the scenes. Each loops until it is told to stop, or killed. */
import { comeIn, fault, goOut, GUARDED, INDEXES, inside, isStopped, MISSED, step } from './sync-board.mjs';

const BUFFER = 3;
/** Longer than any wake-up takes, and than the death of a member stays unnoticed. */
const LATE_MS = 2_000;

const nap = new Int32Array(new SharedArrayBuffer(4));
/** A little work, sometimes long enough for others to sleep and for a kill to come in between. */
function work(n) {
  if (n % 4 === 0) Atomics.wait(nap, 0, 0, 0.3);
}

/** A lock, or a semaphore of as many permits: no more than that inside. */
export async function visitor(member, primitive, most, form) {
  const { board } = member;
  for (let n = 0; !isStopped(board); n++) {
    if (form === 'blocked') primitive.acquireSync();
    else if (form === 'promise') await primitive.acquire();
    else if (!primitive.tryAcquire()) {
      work(0);
      continue;
    }
    comeIn(member);
    if (inside(board) > most) fault(board);
    work(n);
    goOut(member);
    primitive.release();
    step(member);
  }
}

/** Both halves are equal whenever nobody is inside, unless the lock says that its holder died. */
export async function pairKeeper(member, lock, _most, form) {
  const { board } = member;
  for (let n = 0; !isStopped(board); n++) {
    if (form === 'blocked') lock.acquireSync();
    else await lock.acquire();
    comeIn(member);
    if (inside(board) > 1) fault(board);
    if (lock.abandoned !== null) {
      board[GUARDED + 1] = board[GUARDED];
      lock.recover();
    }
    if (board[GUARDED] !== board[GUARDED + 1]) fault(board);
    board[GUARDED]++;
    work(n);
    board[GUARDED + 1]++;
    goOut(member);
    lock.release();
    step(member);
  }
}

export async function setter(member, event) {
  while (!isStopped(member.board)) {
    event.set();
    Atomics.wait(nap, 0, 0, 0.5);
    event.clear();
    Atomics.wait(nap, 0, 0, 0.5);
    step(member);
  }
}

export async function eventWaiter(member, event, _most, form) {
  while (!isStopped(member.board)) {
    if (form === 'blocked') event.waitSync();
    else await event.wait();
    step(member);
    // Whoever set it may be dead, and it stays set.
    Atomics.wait(nap, 0, 0, 0.3);
  }
}

/** Waits for `holds` with the lock held; a wait that times out while it is true has missed a notification. */
async function waitUntil(condition, board, holds, form) {
  while (!holds() && !isStopped(board)) {
    const notified = form === 'blocked' ? condition.waitSync({ timeout: LATE_MS }) : await condition.wait({ timeout: LATE_MS });
    if (!notified && holds() && !isStopped(board)) Atomics.add(board, MISSED, 1);
  }
}

/** One word is the whole buffer, so that a kill leaves it as it was or as it will be. */
export async function bufferUser(member, { notEmpty, notFull }, isProducer, form) {
  const { board } = member;
  const [mine, theirs] = isProducer ? [notFull, notEmpty] : [notEmpty, notFull];
  const holds = isProducer ? () => board[GUARDED] < BUFFER : () => board[GUARDED] > 0;
  while (!isStopped(board)) {
    if (form === 'blocked') mine.acquireSync();
    else await mine.acquire();
    await waitUntil(mine, board, holds, form);
    if (holds()) {
      comeIn(member);
      if (inside(board) > 1) fault(board);
      board[GUARDED] += isProducer ? 1 : -1;
      goOut(member);
      theirs.notify();
    }
    mine.release();
    step(member);
  }
}

export async function party(member, barrier, _most, form) {
  const { board } = member;
  while (!isStopped(board)) {
    try {
      const index = form === 'blocked' ? barrier.waitSync() : await barrier.wait();
      Atomics.add(board, INDEXES + index, 1);
      step(member);
    } catch (error) {
      if (error.code !== 'ERR_MANYCORE_BROKEN_BARRIER') throw error;
      if (barrier.broken && !isStopped(board)) barrier.reset();
    }
  }
}

const READER = 1;
const WRITER = 2;

export async function reader(member, lock, _most, form) {
  const { board } = member;
  for (let n = 0; !isStopped(board); n++) {
    if (form === 'blocked') lock.acquireReadSync();
    else await lock.acquireRead();
    comeIn(member, READER);
    if (inside(board, WRITER) > 0) fault(board);
    work(n);
    goOut(member);
    lock.releaseRead();
    step(member);
  }
}

export async function writer(member, lock, _most, form) {
  const { board } = member;
  for (let n = 0; !isStopped(board); n++) {
    if (form === 'blocked') lock.acquireWriteSync();
    else await lock.acquireWrite();
    comeIn(member, WRITER);
    if (inside(board) > 1) fault(board);
    work(n);
    goOut(member);
    lock.releaseWrite();
    step(member);
  }
}
