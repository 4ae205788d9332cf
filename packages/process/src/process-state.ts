/** What a Process object knows of itself, and what it may do in which state. */
import { ClosedError, InvalidStateError } from '@manycore/core';
import { identity, type ExportName } from '@manycore/core/internal';
import { isBootstrapping } from './bootstrapping.js';
import type { Child } from './child.js';
import { BootstrappingError, ProcessError } from './errors.js';
import type { CheckedOptions } from './process-options.js';

/**
 * What a Process object is. Not fields of it: a subclass's own fields travel to the child, and in the child the object is made without a
 * constructor.
 */
export interface State {
  name: string;
  daemon: boolean;
  authkey: Buffer;
  readonly path: readonly number[];
  /** pid of the process that made the object. */
  readonly madeBy: number | undefined;
  /** The object stands for the process that it is used in. */
  readonly isSelf: boolean;
  readonly className: ExportName | undefined;
  /** Until the start. */
  work: Pick<CheckedOptions, 'target' | 'targetName' | 'args' | 'method' | 'settings'> | undefined;
  child: Child | undefined;
  isClosed: boolean;
}

const states = new WeakMap<object, State>();

export function setState(object: object, state: State): void {
  states.set(object, state);
}

export function stateOf(object: object): State {
  const state = states.get(object);
  if (state === undefined) throw new TypeError('This is no Process object: a subclass must call super() before anything else.');
  return state;
}

/** The state of an object that was not closed. */
export function open(object: object, call: string): State {
  const state = stateOf(object);
  if (state.isClosed) throw new ClosedError(`Process.${call}: ${state.name} was closed.`);
  return state;
}

export function started(object: object, call: string): Child {
  const { name, isSelf, child } = open(object, call);
  if (isSelf) throw new InvalidStateError(`Process.${call}: ${name} is this very process; only the one that started it can do that.`);
  if (child === undefined) throw new InvalidStateError(`Process.${call}: ${name} was not started; call start() first.`);
  return child;
}

/** @throws ProcessError, BootstrappingError */
export function mayStart({ name, isSelf, child }: State): void {
  if (isSelf || child !== undefined)
    throw new ProcessError(`Process.start(): ${name} was started already; a process is started once. Make a new Process.`);
  const self = identity();
  if (isBootstrapping()) {
    throw new BootstrappingError(
      `Process.start(): ${name} is started by a module that ${self.name} (pid ${process.pid}), itself a child, is importing. ` +
        'Every child imports the module of its target, so this would go on without end. Put what the main program does behind a ' +
        'guard: if (isMainProcess) { … }, with isMainProcess from @manycore/process.',
    );
  }
  if (self.daemon)
    throw new ProcessError(
      `Process.start(): ${self.name} (pid ${process.pid}) is daemonic, and daemonic processes are not allowed to have children.`,
    );
}
