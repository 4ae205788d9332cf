/**
 * Many readers or one writer: who reads, who writes, who waits, and whose turn it is. (Phase-fair: B. Brandenburg and J. Anderson, "Spin-Based Reader-Writer Synchronization for
 * Multiprocessor Real-Time Systems", 2010. The algorithm here is another one: counts under a short lock.)
 *
 * Words: rwlock-words.ts.
 *
 * A reader comes in while nobody writes and no writer waits; a writer while nobody reads or writes. Who has to wait registers, so that others see it: readers in the count of the phase.
 * When a write lock is given up, the phase changes: the readers that waited are now those of the *other* phase, and that is what entitles them. They come in although writers wait, and no
 * writer comes in before they have. Readers that come later register in the new phase, and wait for the next writer to have had its turn. So neither kind starves; and among
 * writers the lock is kept for one that has waited long.
 *
 * Waiters of one thread stand for one another: one that comes in uses an entitled registration of its thread, if there is one. So the first of them is always one that may go.
 *
 * A turn is a reservation, not an order: a thread can be blocked by something else, or busy, while a promise of it waits here. A waiter that finds a turn unused for UNUSED_MS (the lock free,
 * the same phase) does not respect it any longer.
 *
 * Every change is one step of a `SharedState`; wake-ups follow it. After each step that lets others go on, `#next` says which kind: all readers, or one writer. No wake-up is lost: a waiter
 * tries again after step 1 of the waiting protocol (wait-queue.ts of core), and a writer that was woken and does not come in, because another was faster or its time is up, is followed by
 * the step of the one that was faster, or by its own `leaveWrite`.
 *
 * | gone                                  | who looks for the dead                                                                          |
 * | ------------------------------------- | ----------------------------------------------------------------------------------------------- |
 * | a writer                              | gives its lock up for it, after `onAbandoned` has noted who it was; killed between, the next one notes again |
 * | a reader                              | takes its read locks off                                                                         |
 * | a waiter, registered                  | takes its registration off                                                                       |
 * | anybody, between a step and its wake-up | nothing is wrong; the sleepers' slice finds that they may go                                    |
 */
import { wakeAll, wakeOne, type Kernel } from '@manycore/core/internal';
import { COLUMNS, KEPT, PHASE, READ_QUEUE, READING, READS, RWLOCK_ROSTER, WAITING, WAITS, WRITE_QUEUE, WRITER, WRITERS, WRITES } from './rwlock-words.js';
import { Reservation, Turn, UNUSED_MS } from './shared/reservation.js';
import { Roster } from './shared/roster.js';
import type { SharedState } from './shared/state.js';
import { Unchanged } from './shared/unchanged.js';

/** Whom a step lets go on. */
type Next = 'readers' | 'writer' | undefined;

/** One wait for one of the two locks: what it has to remember from attempt to attempt. */
export class RWWaiter {
  /** Of a writer, from its first refusal on. */
  turn: Turn | undefined;
  /** Whether it is counted in the shared state. */
  isRegistered = false;
  /** The lock is free, and it is somebody else's turn in the same phase. */
  readonly unused = new Unchanged();

  /** @param patienceMs - how long a writer leaves the lock to others before it has it kept. */
  constructor(readonly patienceMs: number) {}
}

export class RWLockState {
  readonly #roster: Roster;
  readonly #kept: Reservation;
  /** Whether a look for the dead has found somebody. */
  #foundDead = false;

  /** @param onAbandoned - called inside of a step when the writer is found dead, with its owner word; it may be called again for the same. */
  constructor(
    readonly state: SharedState,
    readonly onAbandoned: (owner: number) => void,
  ) {
    this.#roster = new Roster(state, RWLOCK_ROSTER, COLUMNS, (_owner, [reads, even, odd, writes]) => {
      this.#foundDead = true;
      if (reads !== 0) state.add(READING, -reads!);
      if (even !== 0) state.add(WAITING, -even!);
      if (odd !== 0) state.add(WAITING + 1, -odd!);
      if (writes !== 0) state.add(WRITERS, -writes!);
    });
    this.#kept = new Reservation(state.words, KEPT, state.kernel);
  }

  get #kernel(): Kernel {
    return this.state.kernel;
  }

  /**
   * Takes a read lock if that is possible now. With a waiter it is registered otherwise.
   * @param insists - of a thread or task that reads already: it does not wait for writers, who wait for it.
   */
  enterRead(waiter: RWWaiter | undefined, insists: boolean, lookForDead: boolean): true | undefined {
    if (lookForDead) this.sweep();
    const { state } = this;
    const got = state.run(() => {
      if (this.#mayRead(waiter, insists)) {
        if (waiter?.isRegistered === true) this.#unregisterReader(this.#entitledPhase);
        this.#roster.add(READS, 1);
        state.add(READING, 1);
        return true;
      }
      if (waiter?.isRegistered === false) this.#registerReader(1, this.#openPhase);
      return false;
    });
    if (waiter !== undefined) waiter.isRegistered = !got;
    return got ? true : undefined;
  }

  /**
   * Takes the write lock if that is possible now. With a waiter it is registered otherwise.
   * @param isPolite - not before others of this thread that wait already.
   */
  enterWrite(waiter: RWWaiter | undefined, isPolite: boolean, lookForDead: boolean): true | undefined {
    if (lookForDead) this.sweep();
    let got = this.#tryWrite(waiter, isPolite);
    if (!got && waiter !== undefined && this.#kept.ask((waiter.turn ??= new Turn(waiter.patienceMs, this.#kernel.now())))) got = this.#tryWrite(waiter, isPolite);
    if (!got && lookForDead && this.writer === 0 && this.reading === 0 && this.#kept.forfeits(waiter?.turn)) got = this.#tryWrite(waiter, isPolite);
    return got ? true : undefined;
  }

  #tryWrite(waiter: RWWaiter | undefined, isPolite: boolean): boolean {
    const { state } = this;
    const got = state.run(() => {
      const isBehind = isPolite && waiter?.isRegistered !== true && this.#roster.mine(WRITES) > 0;
      if (!isBehind && this.#mayWrite(waiter)) {
        if (waiter?.isRegistered === true) this.#registerWriter(-1);
        state.put(WRITER, this.#kernel.self);
        this.#kept.taken();
        return true;
      }
      if (waiter?.isRegistered === false) this.#registerWriter(1);
      return false;
    });
    if (waiter !== undefined) waiter.isRegistered = !got;
    return got;
  }

  /** False when this thread has no read lock. */
  releaseRead(): boolean {
    const { state } = this;
    let next: Next;
    const done = state.run(() => {
      if (this.#roster.mine(READS) === 0) return false;
      this.#roster.add(READS, -1);
      if (state.add(READING, -1) === 0) next = this.#next();
      return true;
    });
    this.#wake(next);
    return done;
  }

  /** False when nobody has the write lock. */
  releaseWrite(): boolean {
    let next: Next;
    const done = this.state.run(() => {
      if (this.state.get(WRITER) === 0) return false;
      this.#endWrite();
      next = this.#next();
      return true;
    });
    this.#wake(next);
    return done;
  }

  /** Ends a wait: what was registered is taken back, and what it was given meanwhile is passed on. */
  leaveRead(waiter: RWWaiter): void {
    if (!waiter.isRegistered) return;
    const next = this.state.run(() => {
      this.#unregisterReader(this.#openPhase);
      return this.#next();
    });
    waiter.isRegistered = false;
    this.#wake(next);
  }

  /** As `leaveRead`. */
  leaveWrite(waiter: RWWaiter): void {
    if (waiter.turn !== undefined) this.#kept.leave(waiter.turn);
    if (!waiter.isRegistered) return;
    const next = this.state.run(() => {
      this.#registerWriter(-1);
      return this.#next();
    });
    waiter.isRegistered = false;
    this.#wake(next);
  }

  /** Takes off what the dead had, and lets those go on who waited for them. */
  sweep(): void {
    const { state } = this;
    this.#foundDead = false;
    while (state.run(() => this.#sweepSome()));
    if (this.#foundDead) this.#wake(state.run(() => this.#next()));
  }

  /** Whether this thread has a read lock. Only this thread changes that. */
  get isReading(): boolean {
    return this.state.run(() => this.#roster.mine(READS) > 0);
  }

  /** How many read locks are held; a snapshot. */
  get reading(): number {
    return this.state.words.load(READING);
  }

  /** The owner word of the writer, 0 for none; a snapshot. */
  get writer(): number {
    return this.state.words.load(WRITER);
  }

  /** Who reads and how often, who writes, and how many wait. */
  snapshot(): { readers: { owner: number; held: number }[]; writer: number; readersWaiting: number; writersWaiting: number } {
    const { state } = this;
    return state.run(() => ({
      readers: [...this.#roster.having(READS)].map((owner) => ({ owner, held: this.#roster.of(owner, READS) })),
      writer: state.get(WRITER),
      readersWaiting: state.get(WAITING) + state.get(WAITING + 1),
      writersWaiting: state.get(WRITERS),
    }));
  }

  /** In which those register who have to wait now: 0 or 1. */
  get #openPhase(): number {
    return this.state.get(PHASE) & 1;
  }

  /** Whose readers waited when a write lock was given up last. */
  get #entitledPhase(): number {
    return 1 - this.#openPhase;
  }

  #mayRead(waiter: RWWaiter | undefined, insists: boolean): boolean {
    const { state } = this;
    if (state.get(WRITER) !== 0) return false;
    if (insists || state.get(WRITERS) === 0) return true;
    if (waiter?.isRegistered !== true) return false;
    const entitled = this.#entitledPhase;
    if (this.#roster.mine(WAITS + entitled) > 0) return true;
    return this.#isForfeited(waiter, state.get(READING) === 0 && state.get(WAITING + entitled) === 0);
  }

  #mayWrite(waiter: RWWaiter | undefined): boolean {
    const { state } = this;
    const isFree = state.get(WRITER) === 0 && state.get(READING) === 0;
    if (this.#kept.least > 1) return false;
    if (isFree && state.get(WAITING + this.#entitledPhase) === 0) return true;
    return waiter?.isRegistered === true && this.#isForfeited(waiter, isFree);
  }

  /** Whether others have left the lock free for too long although it is their turn. */
  #isForfeited({ unused }: RWWaiter, isFree: boolean): boolean {
    if (isFree) return unused.for(this.state.get(PHASE), this.#kernel.now()) >= UNUSED_MS;
    unused.reset();
    return false;
  }

  #registerReader(change: 1 | -1, phase: number): void {
    this.#roster.add(WAITS + phase, change);
    this.state.add(WAITING + phase, change);
  }

  /** One of this thread's, of phase `first` if it has one there. */
  #unregisterReader(first: number): void {
    this.#registerReader(-1, this.#roster.mine(WAITS + first) > 0 ? first : 1 - first);
  }

  #registerWriter(change: 1 | -1): void {
    this.#roster.add(WRITES, change);
    this.state.add(WRITERS, change);
  }

  /** The phase changes although entitled readers of the last one may be left, whose turn was forfeited: they are entitled again after the next writer. */
  #endWrite(): void {
    const { state } = this;
    state.put(WRITER, 0);
    state.add(PHASE, 1);
  }

  #sweepSome(): boolean {
    const writer = this.state.get(WRITER);
    if (writer !== 0 && !this.#kernel.isAlive(writer)) {
      this.#foundDead = true;
      this.onAbandoned(writer);
      this.#endWrite();
    }
    return this.#roster.sweep();
  }

  #next(): Next {
    const { state } = this;
    if (state.get(WRITER) !== 0) return undefined;
    if (state.get(WAITING + this.#entitledPhase) > 0) return 'readers';
    if (state.get(WRITERS) === 0) return state.get(WAITING + this.#openPhase) > 0 ? 'readers' : undefined;
    return state.get(READING) === 0 ? 'writer' : undefined;
  }

  #wake(next: Next): void {
    const { words } = this.state;
    if (next === 'readers') wakeAll(words, READ_QUEUE, this.#kernel);
    if (next !== 'writer') return;
    if (this.#kept.isAny) wakeAll(words, WRITE_QUEUE, this.#kernel);
    else wakeOne(words, WRITE_QUEUE, this.#kernel);
  }
}
