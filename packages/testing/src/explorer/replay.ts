import { inspect } from 'node:util';
import type { Actor, Kernel, Plain, Words, World } from './contract.js';
import type { Foresight } from './foresight.js';
import type { CheckedActor, CheckedModel } from './model.js';
import { isOperation, Op, type Operation } from './operation.js';

/**
 * Leaves an actor at its first operation without a result. Thrown rather than returned because the actor is ordinary code; one object for
 * all, so that no stack is collected millions of times.
 */
const PAUSE = new Error('the explorer leaves the actor here');

export interface Failure {
  readonly kind: 'error' | 'swallowed' | 'nondeterminism';
  readonly message: string;
  readonly cause?: unknown;
}

/** A note made or taken back. */
export interface NoteChange {
  readonly event: string;
  readonly retracted: boolean;
}

/** An operation whose result was guessed. */
export interface Foreseen {
  readonly operation: Operation;
  /** Noted before it, and after the operation before. */
  readonly events: readonly NoteChange[];
  readonly result: number;
}

/** Where a run got to: the operation it stands before, or its end. */
export interface Replay {
  /** What it did after the last operation that has a result, by guess. */
  readonly foreseen: readonly Foreseen[];
  /** undefined: the actor returned, or failed. */
  readonly operation: Operation | undefined;
  /** Noted after the last operation that has a result, given or guessed. */
  readonly events: readonly NoteChange[];
  readonly failure: Failure | undefined;
  /** How many operations were given a result before the run ended; the one that differs from an earlier run counts. */
  readonly reached: number;
}

/** Runs phases of one actor from their beginning. */
export class Replayer {
  private readonly tape: Tape;
  private readonly world: World;

  constructor(
    model: CheckedModel,
    private readonly actor: CheckedActor,
    foresight: Foresight,
  ) {
    this.tape = new Tape(foresight, model.maxSteps);
    this.world = new ReplayWorld(model, actor, this.tape);
  }

  /** Operation `i` was `path[i]` and returns `results[i]`. `guessing`: goes on with guesses afterwards. */
  run(phase: number, path: readonly Operation[], results: readonly number[], guessing: boolean): Replay {
    const { actor, tape } = this;
    tape.begin(path, results, guessing);
    let thrown: unknown = undefined;
    let returned: unknown = undefined;
    try {
      returned = (actor.phases[phase] as Actor)(this.world);
    } catch (error) {
      thrown = error;
    }
    const { foreseen, pending, events, divergence } = tape;
    return { foreseen, operation: pending, events, failure: divergence ?? judge(actor, tape, thrown, returned), reached: tape.reached() };
  }
}

function judge(actor: CheckedActor, tape: Tape, thrown: unknown, returned: unknown): Failure | undefined {
  if (thrown === PAUSE) return undefined;
  if (tape.pending !== undefined) {
    const how = thrown === undefined ? 'returned normally' : `threw ${textOf(thrown)}`;
    return {
      kind: 'swallowed',
      message: `${actor.name} caught the explorer's private exception and ${how}; code under test must let unknown exceptions pass`,
      cause: thrown,
    };
  }
  if (thrown !== undefined) return { kind: 'error', message: `${actor.name} threw ${textOf(thrown)}`, cause: thrown };
  if (typeof returned === 'object' && returned !== null && 'then' in returned) {
    return { kind: 'error', message: `${actor.name} returned a promise; an actor must be synchronous` };
  }
  return undefined;
}

const textOf = (thrown: unknown): string => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown));

const NOTHING_NOTED: readonly NoteChange[] = [];
const NOTHING_FORESEEN: readonly Foreseen[] = [];

/** Feeds logged results to the actor, then guessed ones, and stops it at the first operation without any. */
class Tape {
  pending: Operation | undefined;
  divergence: Failure | undefined;
  events = NOTHING_NOTED;
  foreseen = NOTHING_FORESEEN;
  private path: readonly Operation[] = [];
  private results: readonly number[] = [];
  private position = 0;
  private guesses = 0;
  private stopped = false;

  constructor(
    private readonly foresight: Foresight,
    private readonly maxSteps: number,
  ) {}

  begin(path: readonly Operation[], results: readonly number[], guessing: boolean): void {
    this.pending = this.divergence = undefined;
    this.events = NOTHING_NOTED;
    this.foreseen = NOTHING_FORESEEN;
    this.path = path;
    this.results = results;
    this.position = 0;
    this.guesses = guessing ? this.maxSteps - results.length : 0;
    this.stopped = false;
    if (guessing) this.foresight.begin();
  }

  reached(): number {
    return this.position + (this.divergence === undefined ? 0 : 1);
  }

  perform(kind: number, target: number, a: number, b: number): number {
    // `finally` blocks of the actor run while the exception passes; what they do belongs to no schedule.
    if (this.stopped) throw PAUSE;
    if (this.position === this.results.length) return this.goOn({ kind, target, a, b });
    const before = this.path[this.position] as Operation;
    if (!isOperation(before, kind, target, a, b)) {
      this.stopped = true;
      this.divergence = {
        kind: 'nondeterminism',
        message:
          `the actor did something else at operation ${this.position + 1} than in an earlier run with the same results; ` +
          'it must keep no state outside its call',
      };
      throw PAUSE;
    }
    return this.results[this.position++] as number;
  }

  note(event: string, retracted: boolean): void {
    if (!this.stopped && this.position === this.results.length) this.events = [...this.events, { event, retracted }];
  }

  private goOn(operation: Operation): number {
    const result = this.guesses > 0 ? this.foresight.guess(operation) : undefined;
    if (result === undefined) {
      this.pending = operation;
      this.stopped = true;
      throw PAUSE;
    }
    this.guesses--;
    const { events } = this;
    if (this.foreseen === NOTHING_FORESEEN) this.foreseen = [];
    (this.foreseen as Foreseen[]).push({ operation, events, result });
    this.events = NOTHING_NOTED;
    return result;
  }
}

class ReplayWords implements Words {
  constructor(
    readonly tape: Tape,
    /** Where the view begins; the kernel finds a word's place by it. */
    readonly base: number,
    private readonly size: number,
  ) {}

  load(index: number): number {
    return this.perform(Op.Load, index, 0, 0);
  }

  store(index: number, value: number): void {
    this.perform(Op.Store, index, value, 0);
  }

  get(index: number): number {
    return this.load(index);
  }

  set(index: number, value: number): void {
    this.store(index, value);
  }

  exchange(index: number, value: number): number {
    return this.perform(Op.Exchange, index, value, 0);
  }

  compareExchange(index: number, expected: number, value: number): number {
    return this.perform(Op.CompareExchange, index, expected, value);
  }

  add(index: number, value: number): number {
    return this.perform(Op.Add, index, value, 0);
  }

  or(index: number, mask: number): number {
    return this.perform(Op.Or, index, mask, 0);
  }

  and(index: number, mask: number): number {
    return this.perform(Op.And, index, mask, 0);
  }

  private perform(kind: number, index: number, a: number, b: number): number {
    return this.tape.perform(kind, place('word', this.base, index, this.size), a | 0, b | 0);
  }
}

class ReplayWorld implements World {
  readonly words: Words;
  readonly kernel: Kernel;
  readonly plain: Plain;
  // Functions and not methods: actors take their world apart.
  readonly view: (base: number) => Words;
  readonly awaitRing: () => void;
  readonly note: (event: string) => void;
  readonly retract: (event: string) => void;

  constructor(model: CheckedModel, actor: CheckedActor, tape: Tape) {
    const wordAt = (words: Words, index: number): number => place('word', baseOf(words, tape), index, model.words);
    this.words = new ReplayWords(tape, 0, model.words);
    this.plain = {
      get: (index) => tape.perform(Op.PlainGet, place('payload cell', 0, index, model.plain), 0, 0),
      set: (index, value) => void tape.perform(Op.PlainSet, place('payload cell', 0, index, model.plain), value | 0, 0),
    };
    this.kernel = {
      self: actor.owner,
      slot: actor.slot,
      wait: (words, index, expected, ms) => {
        if (Number.isNaN(ms)) throw new TypeError('kernel.wait: ms is NaN');
        tape.perform(Op.Wait, wordAt(words, index), expected | 0, ms);
      },
      wake: (words, index, count) => void tape.perform(Op.Wake, wordAt(words, index), count, 0),
      ring: (slot) => tape.perform(Op.Ring, slot, 0, 0) !== 0,
      isAlive: (owner) => tape.perform(Op.IsAlive, owner | 0, 0, 0) !== 0,
      pause: () => void tape.perform(Op.Pause, 0, 0, 0),
      now: () => tape.perform(Op.Now, 0, 0, 0),
    };
    this.view = (base) => new ReplayWords(tape, place('word', 0, base, model.words), model.words);
    this.awaitRing = () => void tape.perform(Op.AwaitRing, 0, 0, 0);
    this.note = (event) => tape.note(event, false);
    this.retract = (event) => tape.note(event, true);
  }
}

function baseOf(words: Words, tape: Tape): number {
  if (!(words instanceof ReplayWords) || words.tape !== tape) throw new TypeError('kernel: these words are not of this world; pass world.words or a view of it');
  return words.base;
}

function place(what: string, base: number, index: number, size: number): number {
  const position = base + index;
  if (!Number.isInteger(position) || index < 0 || position >= size)
    throw new RangeError(`${what} ${index} (base ${base}) of ${size} does not exist`);
  return position;
}
