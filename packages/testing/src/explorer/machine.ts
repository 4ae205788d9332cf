import { ActorRuns, type RunNode } from './actor-runs.js';
import { Foresight } from './foresight.js';
import { isMemory, performOnMemory } from './memory-operation.js';
import type { CheckedModel } from './model.js';
import { NoteLog } from './note-log.js';
import { Op, type Operation } from './operation.js';
import type { Failure, NoteChange } from './replay.js';

/** Of an actor. `Woken`: something ended its sleep, and the call has yet to return. */
export const Status = { Ready: 0, Asleep: 1, Woken: 2, Done: 3, Killed: 4 } as const;

/** How long an `awaitRing` sleeps in one slice; a futex wait says it itself. */
const RING_SLICE_MS = 50;

/** The run of an actor that has ended plays no further part; forgetting it makes states equal that differ only in how it got there. */
const NO_NODE = -1;

/**
 * The model computer: one state of memory, kernel and actors as a row of int32 cells, and the transitions on it.
 *
 *   words | payload | clock, notes, slices, stuck mark, idle slices, last actor, preemptions | per actor: node, status, bell
 *
 * Two rows that are equal have the same future; that is what the search prunes by.
 */
export class Machine {
  readonly state: Int32Array;
  readonly noteLog = new NoteLog();
  /** Why the actor that moved last cannot go on. */
  failure: Failure | undefined;
  /** What the operation done last returned, and what was noted with it. */
  result = 0;
  noted: NoteChange[] = [];

  private readonly runs: readonly ActorRuns[];
  private readonly plainAt: number;
  private readonly clockAt: number;
  private readonly notesAt: number;
  private readonly slicesAt: number;
  private readonly stuckAt: number;
  private readonly idleAt: number;
  readonly lastAt: number;
  readonly preemptionsAt: number;
  private readonly actorsAt: number;

  constructor(readonly model: CheckedModel) {
    this.plainAt = model.words;
    this.clockAt = this.plainAt + model.plain;
    this.notesAt = this.clockAt + 1;
    this.slicesAt = this.clockAt + 2;
    this.stuckAt = this.clockAt + 3;
    this.idleAt = this.clockAt + 4;
    this.lastAt = this.clockAt + 5;
    this.preemptionsAt = this.clockAt + 6;
    this.actorsAt = this.clockAt + 7;
    this.state = new Int32Array(this.actorsAt + 3 * model.actors.length);
    const foresight = new Foresight(this.state, this.plainAt, this.clockAt, (owner) => this.isAlive(owner));
    this.runs = model.actors.map((actor) => new ActorRuns(model, actor, foresight));
  }

  /** Every actor up to its first operation. */
  start(): void {
    const { state, model } = this;
    state.fill(0);
    for (const [index, value] of Object.entries(model.initial)) state[Number(index)] = value;
    for (const [index, value] of Object.entries(model.initialPlain)) state[this.plainAt + Number(index)] = value;
    state[this.notesAt] = NoteLog.empty;
    state[this.lastAt] = -1;
    for (let actor = 0; actor < this.runs.length; actor++) this.arrive(actor, (this.runs[actor] as ActorRuns).root(0) as RunNode);
  }

  words(): Int32Array {
    return this.state.subarray(0, this.plainAt);
  }

  plain(): Int32Array {
    return this.state.subarray(this.plainAt, this.clockAt);
  }

  notes(): number {
    return this.state[this.notesAt] as number;
  }

  slices(): number {
    return this.state[this.slicesAt] as number;
  }

  idleSlices(): number {
    return this.state[this.idleAt] as number;
  }

  status(actor: number): number {
    return this.state[this.actorsAt + 3 * actor + 1] as number;
  }

  node(actor: number): RunNode {
    return (this.runs[actor] as ActorRuns).node(this.state[this.actorsAt + 3 * actor] as number);
  }

  /** The operation the actor stands before or sleeps in; only for one that has not ended. */
  operation(actor: number): Operation {
    return this.node(actor).operation as Operation;
  }

  /** Bit set of the actors in this status. */
  having(status: number): number {
    let mask = 0;
    for (let actor = 0; actor < this.runs.length; actor++) if (this.status(actor) === status) mask |= 1 << actor;
    return mask;
  }

  /** Bit set of the actors that sleep on this word. */
  sleepersOn(word: number): number {
    let mask = 0;
    for (let actor = 0; actor < this.runs.length; actor++) {
      if (this.status(actor) !== Status.Asleep) continue;
      const { kind, target } = this.operation(actor);
      if (kind === Op.Wait && target === word) mask |= 1 << actor;
    }
    return mask;
  }

  /** Whether the sleep of this actor ends by itself after a finite time. */
  sleepsInSlices(actor: number): boolean {
    const operation = this.operation(actor);
    return operation.kind === Op.AwaitRing || operation.b !== Infinity;
  }

  /** One step of an actor that can run. `woken`: for a wake, the bit set of the sleepers it reaches. */
  step(actor: number, woken: number): void {
    const node = this.node(actor);
    if (this.noted.length > 0) this.noted = [];
    if (this.status(actor) === Status.Woken) {
      this.setStatus(actor, Status.Ready);
      this.advance(actor, node, 0);
      return;
    }
    const operation = node.operation as Operation;
    if (this.fallsAsleep(actor, operation)) {
      this.setStatus(actor, Status.Asleep);
      return;
    }
    this.advance(actor, node, this.perform(actor, operation, woken));
  }

  /** The actor's process is gone: its sleep and its bell with it; what it wrote stays. */
  kill(actor: number): void {
    this.setStatus(actor, Status.Killed);
    this.forget(actor);
  }

  /** The sleep of this actor ends without a wake-up. `stuck`: because nobody could run. */
  endSlice(actor: number, stuck: boolean): void {
    const { state } = this;
    if (stuck) {
      const mark = this.stuckMark();
      state[this.idleAt] = state[this.stuckAt] === mark ? this.idleSlices() + 1 : 1;
      state[this.stuckAt] = mark;
    }
    const operation = this.operation(actor);
    const ms = operation.kind === Op.AwaitRing ? RING_SLICE_MS : Math.ceil(operation.b);
    state[this.clockAt] = (state[this.clockAt] as number) + ms;
    state[this.slicesAt] = this.slices() + 1;
    this.setStatus(actor, Status.Woken);
  }

  /** Whether the slices that ended since the last change of memory and of the living are `count` or more. */
  idledFor(count: number): boolean {
    return this.idleSlices() >= count && this.state[this.stuckAt] === this.stuckMark();
  }

  private fallsAsleep(actor: number, { kind, target, a, b }: Operation): boolean {
    if (kind === Op.Wait) return this.state[target] === a && b > 0;
    return kind === Op.AwaitRing && this.state[this.actorsAt + 3 * actor + 2] === 0;
  }

  private perform(actor: number, operation: Operation, woken: number): number {
    const { state } = this;
    const { kind, target } = operation;
    if (isMemory(kind)) return performOnMemory(state, this.plainAt, operation);
    switch (kind) {
      case Op.Wake:
        for (let other = 0; other < this.runs.length; other++) if ((woken & (1 << other)) !== 0) this.setStatus(other, Status.Woken);
        return 0;
      case Op.Ring:
        return this.ring(target) ? 1 : 0;
      case Op.IsAlive:
        return this.isAlive(target) ? 1 : 0;
      case Op.Now:
        return state[this.clockAt] as number;
      case Op.AwaitRing:
        state[this.actorsAt + 3 * actor + 2] = 0;
        return 0;
      default:
        // A pause, or a wait that finds another value: nothing happens.
        return 0;
    }
  }

  private ring(slot: number): boolean {
    const actor = this.model.actors.findIndex((candidate) => candidate.slot === slot);
    if (actor === -1 || this.status(actor) === Status.Killed) return false;
    if (this.status(actor) === Status.Asleep && this.operation(actor).kind === Op.AwaitRing) this.setStatus(actor, Status.Woken);
    else if (this.status(actor) !== Status.Done) this.state[this.actorsAt + 3 * actor + 2] = 1;
    return true;
  }

  private isAlive(owner: number): boolean {
    return this.model.actors.some((actor, index) => actor.owner === owner && this.status(index) !== Status.Killed);
  }

  private advance(actor: number, node: RunNode, result: number): void {
    this.result = result;
    this.arrive(actor, (this.runs[actor] as ActorRuns).after(node, result));
  }

  private arrive(actor: number, arrival: RunNode): void {
    const runs = this.runs[actor] as ActorRuns;
    // A phase may end, and the next one too, without a step between.
    for (let node: RunNode | undefined = arrival; node !== undefined; node = runs.root(node.phase + 1)) {
      for (const { event, retracted } of node.events) this.note(actor, event, retracted);
      if (node.failure !== undefined) {
        this.failure = node.failure;
        break;
      }
      if (node.operation !== undefined) {
        this.state[this.actorsAt + 3 * actor] = node.id;
        return;
      }
    }
    this.setStatus(actor, Status.Done);
    this.forget(actor);
  }

  private note(actor: number, event: string, retracted: boolean): void {
    this.noted.push({ event, retracted });
    const { name } = this.model.actors[actor] as { name: string };
    const notes = retracted ? this.noteLog.without(this.notes(), name, event) : this.noteLog.append(this.notes(), name, event);
    if (notes === undefined) this.failure = { kind: 'error', message: `${name} retracts "${event}", which it has not noted` };
    else this.state[this.notesAt] = notes;
  }

  private forget(actor: number): void {
    this.state[this.actorsAt + 3 * actor] = NO_NODE;
    this.state[this.actorsAt + 3 * actor + 2] = 0;
  }

  private setStatus(actor: number, status: number): void {
    this.state[this.actorsAt + 3 * actor + 1] = status;
  }

  /** A number for memory and the living: equal at two stuck moments when nothing came of the slices between them. */
  private stuckMark(): number {
    let mark = 0x2545f491;
    for (let cell = 0; cell < this.clockAt; cell++) mark = Math.imul(mark ^ (this.state[cell] as number), 0x01000193) ^ (mark >>> 15);
    return Math.imul(mark ^ (this.having(Status.Killed) | (this.having(Status.Done) << 8)), 0x01000193);
  }
}
