import { inspect } from 'node:util';
import type { Actor, Kernel, Plain, Words, World } from './contract.js';
import type { CheckedActor, CheckedModel } from './model.js';
import { Op, sameOperation, type Operation } from './operation.js';

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

/** Where a run got to: the operation it stands before, or its end. */
export interface Replay {
  /** undefined: the actor returned, or failed. */
  readonly operation: Operation | undefined;
  /** Noted after the last operation that has a result. */
  readonly events: readonly NoteChange[];
  readonly failure: Failure | undefined;
}

/** Runs a phase of the actor from its beginning; operation `i` was `path[i]` and returns `results[i]`. */
export function replay(
  model: CheckedModel,
  actor: CheckedActor,
  phase: number,
  path: readonly Operation[],
  results: readonly number[],
): Replay {
  const tape = new Tape(path, results);
  let thrown: unknown = undefined;
  let returned: unknown = undefined;
  try {
    returned = (actor.phases[phase] as Actor)(new ReplayWorld(model, actor, tape));
  } catch (error) {
    thrown = error;
  }
  return { operation: tape.pending, events: tape.events, failure: tape.divergence ?? judge(actor, tape, thrown, returned) };
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

/** Feeds logged results to the actor and stops it at the first operation without one. */
class Tape {
  pending: Operation | undefined;
  divergence: Failure | undefined;
  readonly events: NoteChange[] = [];
  private position = 0;
  private stopped = false;

  constructor(
    private readonly path: readonly Operation[],
    private readonly results: readonly number[],
  ) {}

  perform(kind: number, target: number, a: number, b: number): number {
    // `finally` blocks of the actor run while the exception passes; what they do belongs to no schedule.
    if (this.stopped) throw PAUSE;
    const operation: Operation = { kind, target, a, b };
    if (this.position === this.results.length) {
      this.pending = operation;
      this.stopped = true;
      throw PAUSE;
    }
    const before = this.path[this.position] as Operation;
    if (!sameOperation(before, operation)) {
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
    if (!this.stopped && this.position === this.results.length) this.events.push({ event, retracted });
  }
}

/** Where a view begins; the kernel finds a word's place by it. */
const bases = new WeakMap<Words, number>();

class ReplayWords implements Words {
  constructor(
    private readonly tape: Tape,
    private readonly base: number,
    private readonly size: number,
  ) {
    bases.set(this, base);
  }

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
    const wordAt = (words: Words, index: number): number => place('word', baseOf(words), index, model.words);
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

function baseOf(words: Words): number {
  const base = bases.get(words);
  if (base === undefined) throw new TypeError('kernel: these words are not of this world; pass world.words or a view of it');
  return base;
}

function place(what: string, base: number, index: number, size: number): number {
  const position = base + index;
  if (!Number.isInteger(position) || index < 0 || position >= size)
    throw new RangeError(`${what} ${index} (base ${base}) of ${size} does not exist`);
  return position;
}
