import { waitBlocked } from '@manycore/core/internal';
import { explore, verify, type Memory, type Note, type Situation, type World } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { RWLockState, RWWaiter } from '../src/rwlock-state.js';
import { READ_QUEUE, RWLOCK_ROSTER, WRITE_QUEUE } from '../src/rwlock-words.js';
import { SharedState, STATE } from '../src/shared/state.js';
import { kernelOf } from './model-kernel.js';

/** Only the entries of three slots are ever used; behind them the word that says that a writer died. */
const ABANDONED = RWLOCK_ROSTER + 1 + 3 * 5;
const WORDS = ABANDONED + 1;

/** The first words of rwlock-state.ts: WRITER, READING, PHASE, both counts of WAITING, WRITERS. */
const WRITER = STATE;

const owner = (slot: number): number => (1 << 10) | slot;
const actor = (name: string, slot: number, run: (world: World) => void, rounds = 1) => ({ name, slot, owner: owner(slot), run: Array.from({ length: rounds }, () => run) });

const stateOf = ({ words, kernel }: World): RWLockState => new RWLockState(new SharedState(words, kernelOf(kernel)), () => words.store(ABANDONED, 1));

/** How a blocked thread takes a lock, does something, and gives it up. */
const blocked =
  (kind: 'reads' | 'writes', lockOf = stateOf, stays = false, patienceMs = Infinity) =>
  (world: World): void => {
    const lock = lockOf(world);
    const kernel = kernelOf(world.kernel);
    const waiter = new RWWaiter(patienceMs);
    if (kind === 'reads') waitBlocked(world.words, READ_QUEUE, kernel, (slept) => lock.enterRead(waiter, false, slept), Infinity);
    else waitBlocked(world.words, WRITE_QUEUE, kernel, (slept) => lock.enterWrite(waiter, false, slept), Infinity);
    if (stays) return;
    world.note(kind);
    world.kernel.pause(1);
    world.retract(kind);
    if (kind === 'reads') lock.releaseRead();
    else lock.releaseWrite();
  };

/** Registers as a writer, and gives up at once. */
const fickle = (world: World): void => {
  const lock = stateOf(world);
  const waiter = new RWWaiter(Infinity);
  if (lock.enterWrite(waiter, false, false)) lock.releaseWrite();
  else lock.leaveWrite(waiter);
};

const reads = blocked('reads');
const writes = blocked('writes');
/** Has the lock kept for it as soon as it is refused. */
const insists = blocked('writes', stateOf, false, 0);

const exclusive = (_memory: Memory, notes: readonly Note[], { killed }: Situation): string | undefined => {
  const inside = notes.filter((note) => !killed.includes(note.actor));
  return inside.length > 1 && inside.some(({ event }) => event === 'writes') ? inside.map(({ actor, event }) => `${actor} ${event}`).join(', ') : undefined;
};

/** Nobody holds, and nobody is left registered. */
const isFree = ({ words }: Memory, _notes: readonly Note[], { killed }: Situation): string | undefined => {
  const counts = [WRITER, WRITER + 1, WRITER + 3, WRITER + 4, WRITER + 5].map((word) => words[word]);
  return killed.length > 0 || counts.every((count) => count === 0) ? undefined : `left: ${counts.join(' ')}`;
};

describe('RWLock under the explorer', () => {
  it.each([
    ['two writers', [writes, writes], 3],
    ['a reader and a writer', [reads, writes], 3],
    ['two readers and a writer', [reads, reads, writes], 1],
    ['two writers and a reader', [writes, writes, reads], 1],
    ['two writers for which it is kept', [insists, insists], 3],
    ['two writers for which it is kept and one like others', [insists, insists, writes], 1],
    ['a writer for which it is kept and a reader', [insists, reads], 3],
    ['a writer that gives up, a reader and a writer', [fickle, reads, writes], 1],
    ['a writer that gives up and two readers', [fickle, reads, reads], 1],
  ] as const)('excludes and loses no wake-up: %s', (_who, runs, maxPreemptions) => {
    const seen = verify({
      actors: runs.map((run, slot) => actor('ABC'[slot]!, slot, run)),
      words: WORDS,
      maxPreemptions,
      maxSteps: 1500,
      invariant: exclusive,
      final: isFree,
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it('a writer lets all readers in, also one that is on its way to sleep while another stays inside', () => {
    const stays = blocked('reads', stateOf, true);
    const seen = verify({
      actors: [actor('A', 0, stays), actor('B', 1, stays), actor('C', 2, (world) => void stateOf(world).releaseWrite())],
      words: WORDS,
      initial: { [WRITER]: owner(2) },
      maxPreemptions: 2,
      maxSteps: 1500,
      final: ({ words }) => (words[WRITER + 1] === 2 ? undefined : 'not both read'),
    });
    expect(seen.slicesUsed).toBe(0);
  });

  it.each([
    ['a writer and a reader', [writes, reads], 1],
    ['two readers and a writer', [reads, reads, writes], 0],
    ['two writers and a reader', [writes, writes, reads], 0],
    ['two writers for which it is kept', [insists, insists], 2],
  ] as const)('goes on after a kill at any step: %s', (_who, runs, maxPreemptions) => {
    verify({
      actors: runs.map((run, slot) => actor('ABC'[slot]!, slot, run)),
      words: WORDS,
      maxKills: 1,
      maxPreemptions,
      maxSteps: 1500,
      slices: 'when-stuck',
      invariant: exclusive,
      // The note of a writer that was killed inside stays; whoever took its lock off has noted it before.
      final: ({ words }, notes) => (notes.some(({ event }) => event === 'writes') && words[WRITER] === 0 && words[ABANDONED] === 0 ? 'the dead writer was not noted' : undefined),
    });
  });

  it('sees the loss when a release lets nobody know (the explorer is not blind)', () => {
    const silent = (world: World): RWLockState => {
      const lock = stateOf(world);
      const quiet = new SharedState(world.words, { ...kernelOf(world.kernel), wake: () => {} });
      lock.releaseRead = () => new RWLockState(quiet, () => {}).releaseRead();
      return lock;
    };
    const seen = explore({
      actors: [actor('A', 0, blocked('reads', silent)), actor('B', 1, blocked('writes', silent))],
      words: WORDS,
      maxPreemptions: 2,
      maxSteps: 1500,
    });
    expect(seen.violation?.kind).toBe('deadlock');
  });

  it('sees the intruder when readers do not look for the writer (the explorer is not blind)', () => {
    const blind = (world: World): RWLockState => {
      const lock = stateOf(world);
      const { enterRead } = lock;
      lock.enterRead = (waiter, insists, lookForDead) => {
        world.words.store(WRITER, 0);
        return enterRead.call(lock, waiter, insists, lookForDead);
      };
      return lock;
    };
    const seen = explore({
      actors: [actor('A', 0, blocked('reads', blind)), actor('B', 1, blocked('writes', blind))],
      words: WORDS,
      maxPreemptions: 2,
      maxSteps: 1500,
      invariant: exclusive,
    });
    expect(seen.violation?.kind).toBe('invariant');
  });
});
