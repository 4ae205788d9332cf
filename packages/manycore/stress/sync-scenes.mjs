/** What the campaign plays: for each primitive who uses it how, and what must hold in the end. A scene whose classes `manycore` does not have is left out. */
import * as manycore from 'manycore';
import { INDEXES, MISSED } from './sync-board.mjs';
import { bufferUser, eventWaiter, pairKeeper, party, reader, setter, visitor, writer } from './sync-roles.mjs';

const PERMITS = 2;

const all = [
  {
    name: 'Lock',
    needs: ['Lock'],
    make: ({ Lock }) => new Lock(),
    seats: [[pairKeeper, 1, 'blocked'], [pairKeeper, 1, 'promise'], [pairKeeper, 1, 'blocked']],
    audit: (lock) => (lock.tryAcquire() ? [] : ['the lock is held by nobody who lives']),
  },
  {
    name: 'RLock',
    needs: ['RLock'],
    make: ({ RLock }) => new RLock(),
    seats: [[visitor, 1, 'blocked'], [visitor, 1, 'promise'], [visitor, 1, 'blocked']],
    audit: (lock) => (lock.tryAcquire() ? [] : ['the lock is held by nobody who lives']),
  },
  {
    name: 'Event',
    needs: ['Event'],
    needsAll: true,
    make: ({ Event }) => new Event(),
    seats: [[setter], [eventWaiter, 1, 'blocked'], [eventWaiter, 1, 'promise']],
    end: (event) => event.set(),
    audit: () => [],
  },
  {
    name: 'Semaphore',
    needs: ['Semaphore'],
    make: ({ Semaphore }) => new Semaphore(PERMITS, { robust: true }),
    seats: [[visitor, PERMITS, 'blocked'], [visitor, PERMITS, 'promise'], [visitor, PERMITS, 'blocked'], [visitor, PERMITS, 'try']],
    audit(semaphore) {
      let permits = 0;
      while (semaphore.tryAcquire() && permits <= PERMITS) permits++;
      return permits === PERMITS && semaphore.getValue() === 0 ? [] : [`${permits} permits and then ${semaphore.getValue()}, of ${PERMITS}`];
    },
  },
  {
    name: 'Condition',
    needs: ['Condition'],
    needsAll: true,
    make({ Condition, Lock }) {
      const lock = new Lock();
      return { notEmpty: new Condition(lock), notFull: new Condition(lock) };
    },
    seats: [[bufferUser, true, 'blocked'], [bufferUser, true, 'promise'], [bufferUser, false, 'blocked'], [bufferUser, false, 'promise']],
    end({ notEmpty, notFull }) {
      notEmpty.acquireSync();
      notEmpty.notifyAll();
      notFull.notifyAll();
      notEmpty.release();
    },
    // One that is killed between its change and its notify owes it; nobody else does.
    audit: (_primitives, board, kills) => (board[MISSED] <= kills ? [] : [`${board[MISSED]} notifications missed, but only ${kills} members were killed`]),
  },
  {
    name: 'Barrier',
    needs: ['Barrier'],
    needsAll: true,
    make: ({ Barrier }) => new Barrier(3),
    seats: [[party, 1, 'blocked'], [party, 1, 'promise'], [party, 1, 'blocked']],
    end: (barrier) => barrier.abort(),
    audit(_barrier, board, kills) {
      const given = [0, 1, 2].map((index) => board[INDEXES + index]);
      return Math.max(...given) - Math.min(...given) <= kills + 1 ? [] : [`the indexes were given ${given.join(', ')} times, but only ${kills} members were killed`];
    },
  },
  {
    name: 'RWLock',
    needs: ['RWLock'],
    make: ({ RWLock }) => new RWLock(),
    seats: [[reader, 1, 'blocked'], [reader, 1, 'promise'], [writer, 1, 'blocked'], [writer, 1, 'promise']],
    audit: (lock) => (lock.tryAcquireWrite() && lock.readers === 0 ? [] : [`held by nobody who lives: ${lock.readers} readers, writer ${lock.writeLocked()}`]),
  },
];

export const scenes = all.filter(({ needs }) => needs.every((name) => name in manycore));
