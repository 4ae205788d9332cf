import type { Memory, Note, Property, Situation } from './contract.js';
import { IntList } from './int-list.js';
import { Machine, Status } from './machine.js';
import type { CheckedModel } from './model.js';
import { Op } from './operation.js';
import type { Failure } from './replay.js';
import { Move, StateGraph, type Transition } from './state-graph.js';
import { describeViolation, type Violation, type ViolationKind } from './violation.js';
import { VisitedStates } from './visited-states.js';
import { TestingError } from '../errors.js';

/** So many slices per sleeper end with nothing changed before the sleepers count as deadlocked; so long may a timeout be. */
const IDLE_SLICES = 8;

/** What an exploration saw. */
export interface Exploration {
  /** Different complete schedules covered, rounded beyond 2^53; 0 when a violation ended the search. */
  readonly schedules: number;
  /** Steps of the longest of them. */
  readonly longest: number;
  /** Different states visited. */
  readonly states: number;
  /** Different states in which a schedule ended, `final` was called for each. */
  readonly ends: number;
  /** The most slices any schedule needed; 0 means that no wake-up is ever lost. */
  readonly slicesUsed: number;
  /** Continuations not followed because an actor had made `maxSteps` steps while others could run. */
  readonly cut: number;
  /** Continuations not followed because of `maxPreemptions`. */
  readonly preempted: number;
  readonly violation: Violation | undefined;
}

/**
 * Breadth-first search over the states of a machine: the first violation met has a shortest schedule. Stops at that violation.
 */
export class Search {
  private readonly machine: Machine;
  private readonly visited = new VisitedStates();
  private readonly graph = new StateGraph();
  /** The state being expanded, and its number. */
  private readonly current: Int32Array;
  private from = 0;
  /** Whether the machine is in another state than `current`. */
  private moved = false;
  private frontier = new IntList();
  private next = new IntList();
  /** First state found in this round. */
  private roundStart = 0;
  private readonly ends: number[] = [];
  private slicesUsed = 0;
  private cut = 0;
  private preempted = 0;
  private violation: Violation | undefined;
  private readonly memory: Memory;
  private readonly situations = new Map<number, Situation>();

  constructor(private readonly model: CheckedModel) {
    this.machine = new Machine(model);
    this.current = new Int32Array(this.machine.state.length);
    this.memory = { words: this.machine.words(), plain: this.machine.plain() };
  }

  run(): Exploration {
    this.machine.start();
    if (this.machine.failure !== undefined) this.fail(this.machine.failure, []);
    this.visited.idOf(this.machine.state);
    this.graph.addRoot();
    this.inspect(0);
    this.next.pushAll(this.machine.state);
    while (this.next.length > 0 && this.violation === undefined) this.round();
    const { ends, slicesUsed, cut, preempted, violation } = this;
    const { schedules, longest } = violation === undefined ? this.graph.schedules(ends) : { schedules: 0, longest: 0 };
    return { schedules, longest, states: this.visited.size, ends: ends.length, slicesUsed, cut, preempted, violation };
  }

  private round(): void {
    [this.frontier, this.next] = [this.next, this.frontier];
    this.next.clear();
    this.roundStart = this.visited.size;
    const { length } = this.current;
    for (let start = 0; start < this.frontier.length && this.violation === undefined; start += length, this.from++) {
      this.frontier.copyTo(this.current, start);
      this.graph.beginExpansion();
      this.expand();
    }
  }

  private expand(): void {
    const { machine } = this;
    this.restore();
    const ready = machine.having(Status.Ready) | machine.having(Status.Woken);
    const asleep = machine.having(Status.Asleep);
    if ((ready | asleep) === 0) {
      this.ends.push(this.from);
      this.judge('final', this.model.final, this.from);
      return;
    }
    let inSlices = this.model.slices === 'never' ? 0 : this.sleepersInSlices(asleep);
    if (ready === 0 && this.isDeadlock(asleep, inSlices)) return;
    if (ready === 0 && machine.idledFor(1)) inSlices = this.nextInTurn(inSlices);
    const anyTime = this.model.slices === 'any-time' && machine.slices() < this.model.maxSlices;
    const mayKill = count(machine.having(Status.Killed)) < this.model.maxKills;
    const killed = machine.having(Status.Killed);
    for (let actor = 0; actor < this.model.actors.length && this.violation === undefined; actor++) {
      const bit = 1 << actor;
      if ((ready & bit) !== 0) this.stepActor(actor, ready);
      if ((inSlices & bit) !== 0 && (ready === 0 || anyTime)) this.take(ready === 0 ? Move.StuckSlice : Move.Slice, actor, 0);
      if (mayKill && (killed & bit) === 0) this.take(Move.Kill, actor, 0);
    }
  }

  private stepActor(actor: number, ready: number): void {
    const { machine, model } = this;
    if (this.moved) this.restore();
    if (!this.mayRun(actor, ready)) return;
    if (machine.status(actor) !== Status.Ready || machine.operation(actor).kind !== Op.Wake) {
      this.take(Move.Step, actor, 0);
      return;
    }
    // Which sleepers a wake reaches is the kernel's choice: try every one.
    const { target, a } = machine.operation(actor);
    const sleepers = machine.sleepersOn(target);
    const reached = Math.min(Math.max(a, 0), count(sleepers));
    for (let woken = 0; woken < 1 << model.actors.length; woken++) {
      if ((woken & ~sleepers) === 0 && count(woken) === reached) this.take(Move.Step, actor, woken);
    }
  }

  /** Applies the bounds to the next step of this actor. */
  private mayRun(actor: number, ready: number): boolean {
    const { machine, model } = this;
    const { depth } = machine.node(actor);
    if (depth >= model.maxSteps && ready !== 1 << actor) {
      this.cut++;
      return false;
    }
    if (depth >= 2 * model.maxSteps) {
      const { name } = model.actors[actor] as { name: string };
      this.report(
        'livelock',
        `${name} has made ${depth} steps, the last ${model.maxSteps} of them or more with nobody else to wait for`,
        this.from,
      );
      return false;
    }
    if (this.preemptionsAfter(actor, ready) > model.maxPreemptions) {
      this.preempted++;
      return false;
    }
    return true;
  }

  private preemptionsAfter(actor: number, ready: number): number {
    const { machine } = this;
    const last = machine.state[machine.lastAt] as number;
    const preempts = last !== -1 && last !== actor && (ready & (1 << last)) !== 0 && machine.operation(last).kind !== Op.Pause;
    return (machine.state[machine.preemptionsAt] as number) + (preempts ? 1 : 0);
  }

  private sleepersInSlices(asleep: number): number {
    let mask = 0;
    for (let actor = 0; actor < this.model.actors.length; actor++) {
      if ((asleep & (1 << actor)) !== 0 && this.machine.sleepsInSlices(actor)) mask |= 1 << actor;
    }
    return mask;
  }

  /** Slices end in turn while they change nothing: else one sleeper's could end again and again while another's, which would help, never does. */
  private nextInTurn(sleepers: number): number {
    const last = this.machine.state[this.machine.lastAt] as number;
    const behind = sleepers & ~((2 << last) - 1);
    const from = behind === 0 ? sleepers : behind;
    return from & -from;
  }

  private isDeadlock(asleep: number, inSlices: number): boolean {
    const names = this.model.actors.filter((_, actor) => (asleep & (1 << actor)) !== 0).map(({ name }) => name);
    const who = names.length === 1 ? `${names[0]} sleeps` : `${names.join(' and ')} sleep`;
    if (inSlices === 0) this.report('deadlock', `${who} and nobody can wake anyone`, this.from);
    else if (this.machine.idledFor(IDLE_SLICES * count(asleep))) {
      this.report('deadlock', `${who}; ${this.machine.idleSlices()} slices ended since anything changed`, this.from);
    }
    return this.violation !== undefined;
  }

  /** Makes one transition from the current state and takes in the state it leads to. */
  private take(move: number, actor: number, woken: number): void {
    const { machine } = this;
    if (this.moved) this.restore();
    this.moved = true;
    if (move === Move.Kill) machine.kill(actor);
    else if (move === Move.Step) this.moveActor(actor, woken);
    else machine.endSlice(actor, move === Move.StuckSlice);
    // Asked before the state is looked up: a failed actor has ended, and so may look like one that ended well.
    if (machine.failure !== undefined) {
      this.fail(machine.failure, [...this.graph.pathTo(this.from), { move, actor, woken }]);
      return;
    }

    const known = this.visited.size;
    const to = this.visited.idOf(machine.state);
    this.graph.addEdge(this.from, to, move, actor, woken, to >= this.roundStart);
    if (to !== known) return;
    if (this.visited.size > this.model.maxStates) {
      throw new TestingError(
        'ERR_MANYCORE_TESTING_EXPLORATION',
        `explore: more than ${this.model.maxStates} states; make the model smaller, bound its preemptions, or raise maxStates`,
      );
    }
    this.next.pushAll(machine.state);
    this.inspect(to);
  }

  /** The machine back to the state being expanded. */
  private restore(): void {
    const { current } = this;
    const { state } = this.machine;
    for (let cell = 0; cell < current.length; cell++) state[cell] = current[cell] as number;
    this.moved = false;
  }

  private moveActor(actor: number, woken: number): void {
    const { machine } = this;
    if (this.model.maxPreemptions !== Infinity) {
      const ready = machine.having(Status.Ready) | machine.having(Status.Woken);
      machine.state[machine.preemptionsAt] = this.preemptionsAfter(actor, ready);
      machine.state[machine.lastAt] = actor;
    }
    machine.step(actor, woken);
  }

  /** Looks at a state met for the first time. */
  private inspect(state: number): void {
    const { machine } = this;
    this.slicesUsed = Math.max(this.slicesUsed, machine.slices());
    this.judge('invariant', this.model.invariant, state);
  }

  private judge(kind: 'invariant' | 'final', property: Property | undefined, state: number): void {
    if (property === undefined) return;
    try {
      const complaint = property(this.memory, this.notes(), this.situation());
      if (typeof complaint === 'string') this.report(kind, complaint, state);
    } catch (error) {
      this.report(kind, error instanceof Error ? error.message : String(error), state, error);
    }
  }

  private notes(): readonly Note[] {
    return this.machine.noteLog.get(this.machine.notes());
  }

  private situation(): Situation {
    const killed = this.machine.having(Status.Killed);
    let situation = this.situations.get(killed);
    if (situation === undefined) {
      situation = { killed: this.model.actors.filter((_, actor) => (killed & (1 << actor)) !== 0).map(({ name }) => name) };
      this.situations.set(killed, situation);
    }
    return situation;
  }

  private fail({ kind, message, cause }: Failure, path: readonly Transition[]): void {
    this.violation = describeViolation(this.model, kind, message, path, cause);
  }

  private report(kind: ViolationKind, message: string, state: number, cause?: unknown): void {
    this.violation = describeViolation(this.model, kind, message, this.graph.pathTo(state), cause);
  }
}

function count(mask: number): number {
  let bits = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
