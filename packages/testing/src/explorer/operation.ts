import type { CheckedModel } from './model.js';

/** Kinds of steps. */
export const Op = {
  Load: 0,
  Store: 1,
  Exchange: 2,
  CompareExchange: 3,
  Add: 4,
  Or: 5,
  And: 6,
  PlainGet: 7,
  PlainSet: 8,
  Wait: 9,
  Wake: 10,
  Ring: 11,
  IsAlive: 12,
  Pause: 13,
  Now: 14,
  AwaitRing: 15,
} as const;

/**
 * One step an actor is about to make. `target` is a word, a payload cell, a slot or an owner; `a` and `b` are the operands in the order of
 * the call.
 */
export interface Operation {
  readonly kind: number;
  readonly target: number;
  readonly a: number;
  readonly b: number;
}

/** Whether the operation is this one. */
export const isOperation = (operation: Operation, kind: number, target: number, a: number, b: number): boolean =>
  operation.kind === kind && operation.target === target && Object.is(operation.a, a) && Object.is(operation.b, b);

export const wordName = (model: CheckedModel, index: number): string => model.names[index] ?? `[${index}]`;

export const plainName = (model: CheckedModel, index: number): string => model.plainNames[index] ?? `plain[${index}]`;

/** The step as a call, the way the actor wrote it. */
export function describeOperation(model: CheckedModel, operation: Operation): string {
  const { kind, target, a, b } = operation;
  const word = wordName(model, target);
  switch (kind) {
    case Op.Load:
      return `load(${word})`;
    case Op.Store:
      return `store(${word}, ${a})`;
    case Op.Exchange:
      return `exchange(${word}, ${a})`;
    case Op.CompareExchange:
      return `compareExchange(${word}, ${a} -> ${b})`;
    case Op.Add:
      return `add(${word}, ${a})`;
    case Op.Or:
      return `or(${word}, 0x${(a >>> 0).toString(16)})`;
    case Op.And:
      return `and(${word}, 0x${(a >>> 0).toString(16)})`;
    case Op.PlainGet:
      return `get(${plainName(model, target)})`;
    case Op.PlainSet:
      return `set(${plainName(model, target)}, ${a})`;
    case Op.Wait:
      return `wait(${word} while ${a}, ${b} ms)`;
    case Op.Wake:
      return `wake(${word}, ${a})`;
    case Op.Ring:
      return `ring(slot ${target})`;
    case Op.IsAlive:
      return `isAlive(${target})`;
    case Op.Pause:
      return 'pause()';
    case Op.Now:
      return 'now()';
    case Op.AwaitRing:
      return 'awaitRing()';
    default:
      throw new Error(`explorer: operation kind ${kind} has no description`);
  }
}

/** The result as a reader wants it; empty for an operation that returns nothing. */
export function describeResult(operation: Operation, result: number): string {
  switch (operation.kind) {
    case Op.Store:
    case Op.PlainSet:
    case Op.Wait:
    case Op.Wake:
    case Op.Pause:
    case Op.AwaitRing:
      return '';
    case Op.Ring:
    case Op.IsAlive:
      return ` = ${result !== 0}`;
    default:
      return ` = ${result}`;
  }
}
