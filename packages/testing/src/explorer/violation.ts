import { Machine, Status } from './machine.js';
import type { CheckedModel } from './model.js';
import { describeOperation, describeResult, plainName, wordName } from './operation.js';
import { Move, type Transition } from './state-graph.js';

export type ViolationKind = 'invariant' | 'final' | 'deadlock' | 'livelock' | 'error' | 'swallowed' | 'nondeterminism';

/** A schedule that breaks a property; no shorter schedule breaks one. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly message: string;
  /** One line for each step: number, actor, operation, result. */
  readonly schedule: readonly string[];
  /** Everything as text: the message, the schedule, and the state it leads to. */
  readonly report: string;
  /** What a property or an actor threw. */
  readonly cause: unknown;
}

/** Follows `path` again on a fresh machine and writes down what happens. */
export function describeViolation(
  model: CheckedModel,
  kind: ViolationKind,
  message: string,
  path: readonly Transition[],
  cause: unknown,
): Violation {
  const machine = new Machine(model);
  machine.start();
  const schedule: string[] = [];
  const width = Math.max(...model.actors.map((actor) => actor.name.length));
  for (const { move, actor, woken } of path) {
    const name = (model.actors[actor] as { name: string }).name.padEnd(width);
    schedule.push(`${String(schedule.length + 1).padStart(4)}  ${name}  ${follow(machine, move, actor, woken)}`);
  }
  const report = [`${kind}: ${message}`, ...schedule, ...describeState(machine)].join('\n');
  return { kind, message, schedule, report, cause };
}

function follow(machine: Machine, move: number, actor: number, woken: number): string {
  const { model } = machine;
  if (move === Move.Kill) {
    const where = machine.status(actor) === Status.Done ? 'after its end' : `before ${describeOperation(model, machine.operation(actor))}`;
    machine.kill(actor);
    return `is killed ${where}`;
  }
  const operation = machine.operation(actor);
  const text = describeOperation(model, operation);
  if (move !== Move.Step) {
    machine.endSlice(actor, move === Move.StuckSlice);
    return `${text}: the slice ends`;
  }
  const returns = machine.status(actor) === Status.Woken;
  machine.step(actor, woken);
  const notes = machine.noted.map(({ event, retracted }) => (retracted ? `   not «${event}»` : `   «${event}»`)).join('');
  if (returns) return `${text} returns${notes}`;
  if (machine.status(actor) === Status.Asleep) return `${text}: sleeps`;
  const reached = model.actors.filter((_, index) => (woken & (1 << index)) !== 0).map(({ name }) => name);
  return `${text}${describeResult(operation, machine.result)}${reached.length > 0 ? `: wakes ${reached.join(', ')}` : ''}${notes}`;
}

function describeState(machine: Machine): string[] {
  const { model } = machine;
  const cells = [
    ...[...machine.words()].map((value, index) => ({ value, name: wordName(model, index) })),
    ...[...machine.plain()].map((value, index) => ({ value, name: plainName(model, index) })),
  ].filter(({ value }) => value !== 0);
  const memory = cells.length === 0 ? 'all 0' : cells.map(({ name, value }) => `${name} = ${value}`).join(', ');
  return [`memory: ${memory}`, ...model.actors.map(({ name }, actor) => `${name}: ${describeActor(machine, actor)}`)];
}

function describeActor(machine: Machine, actor: number): string {
  const status = machine.status(actor);
  if (status === Status.Done) return 'has ended';
  if (status === Status.Killed) return 'is dead';
  const operation = describeOperation(machine.model, machine.operation(actor));
  if (status === Status.Asleep) return `sleeps in ${operation}`;
  return status === Status.Woken ? `returns from ${operation}` : `stands before ${operation}`;
}
