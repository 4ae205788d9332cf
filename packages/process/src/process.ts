import type { Readable, Writable } from 'node:stream';
import { InvalidStateError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { deadlineOf, describe, identity, nameClass, neverSent, setIdentity, type ExportName } from '@manycore/core/internal';
import { currentMethod } from './context-state.js';
import { defaultName, nextPath } from './names.js';
import { checkAuthkey, checkName, checkOptions, type CheckedOptions, type ProcessOptions, type SignalOptions } from './process-options.js';
import { mayStart, open, setState, started, stateOf } from './process-state.js';
import { describeProcess } from './representation.js';
import { ADOPT } from './self.js';
import { startSettings } from './start/options.js';
import { startChild } from './start/start-child.js';

/**
 * A process of its own that runs one function: a Node, fresh or booted ahead, or a worker thread, which imports the function's module and
 * calls it (see `StartMethod`).
 *
 * It ends when the target has returned, its event loop is empty, and its own non-daemonic children have ended. An error nobody catches in
 * it is printed to its stderr, makes `exitCode` 1, and is `error` here. Ended by a signal, it has `exitCode` -N and `signalCode`.
 *
 * While it runs, a non-daemonic process keeps the event loop of its parent alive. When the parent ends, also by `process.exit()`, it waits
 * for its non-daemonic children and terminates the daemonic ones. When the parent is killed, the whole tree below it ends.
 *
 * A class that extends Process and overrides `run` must be exported by its module. The child makes the instance without its constructor and
 * gives it the own enumerable properties, so private `#fields` do not arrive.
 *
 * @example
 * import { isMainProcess, Process } from '@manycore/process';
 * export function work(name) { console.log(`hello, ${name}, from ${process.pid}`); }
 * if (isMainProcess) {
 *   const child = new Process({ target: work, args: ['world'] }).start();
 *   await child.join();
 * }
 *
 * @see Python `multiprocessing.Process`. Differs: options object; milliseconds; `error`, `signalCode`; no orphans when the parent is
 *   killed.
 */
export class Process<A extends readonly unknown[] = readonly unknown[]> {
  /**
   * Makes the object; nothing is started yet.
   *
   * @throws TypeError for an option that is not what it should be; TargetError when no other process could find the target, or a subclass
   *   with a `run` of its own is not exported.
   */
  constructor(options: ProcessOptions<A> = {}) {
    const { name, daemon, authkey, ...work } = checkOptions(options);
    const path = nextPath();
    setState(this, {
      name: name === '' ? defaultName(new.target.name, path) : name,
      daemon,
      authkey,
      path,
      madeBy: process.pid,
      isSelf: false,
      className: classOf(new.target),
      work,
      child: undefined,
      isClosed: false,
    });
  }

  /** For a child's entry and `currentProcess()`: makes `instance` stand for the process that it is in. */
  static [ADOPT]<P extends Process>(instance: P, target?: CheckedOptions['target'], args: readonly unknown[] = []): P {
    const { name, daemon, path, authkey, parent } = identity();
    const work = { target, targetName: undefined, args, method: undefined, settings: startSettings({}) };
    setState(instance, {
      name,
      daemon,
      path,
      authkey,
      madeBy: parent?.pid,
      isSelf: true,
      className: undefined,
      work,
      child: undefined,
      isClosed: false,
    });
    return instance;
  }

  /** What the child does: calls the target. To be overridden; may be called directly, and then runs here. Waits for nothing. */
  run(): unknown {
    const { work } = open(this, 'run()');
    return work?.target?.(...(work.args as never[]));
  }

  /**
   * Starts the process, once. Returns when the system has made it, which then boots for some 25 ms, or when it was given to one that had been
   * booted before; blocks for about a millisecond.
   *
   * @returns this object.
   * @throws ProcessError for a second start, in a daemonic process, or when the system refuses (its error is the `cause`);
   *   BootstrappingError, a ProcessError, while a child imports its modules: the start-up code lacks the guard `if (isMainProcess)`;
   *   SerializationError for arguments that cannot be sent, with the path to the culprit; OutOfMemoryError. After any of these nothing has
   *   happened.
   */
  start(): this {
    const state = open(this, 'start()');
    mayStart(state);
    const { name, path, daemon, authkey, className } = state;
    const { targetName: target, args, method, settings } = state.work!;
    const fields = className === undefined ? undefined : ({ ...this } as Record<string, unknown>);
    const startedAt: { stack?: string } = {};
    Error.captureStackTrace(startedAt, this.start);
    state.child = startChild({
      name,
      path,
      method: method ?? currentMethod(),
      daemon,
      isDaemonInside: daemon,
      authkey,
      work: { target, className, args, fields },
      settings,
      owner: this,
      startedAt,
    });
    state.work = undefined;
    return this;
  }

  /**
   * Waits until the process has ended, or the timeout passed: look at `exitCode`. May be called any number of times. Does not block the
   * event loop, and keeps it alive meanwhile.
   *
   * @throws the signal's reason when aborted; InvalidStateError before the start, and for the process itself; TypeError for bad options.
   */
  async join(options?: WaitOptions): Promise<void> {
    const deadline = deadlineOf(options, 'Process.join()');
    await started(this, 'join()').join(deadline, options?.signal);
  }

  /** The same, blocking this thread. */
  joinSync(options?: SyncWaitOptions): void {
    const deadline = deadlineOf(options, 'Process.joinSync()');
    started(this, 'joinSync()').joinSync(deadline);
  }

  /** Whether it was started and has not ended. Right also while the event loop is blocked. */
  isAlive(): boolean {
    const { isSelf, child } = open(this, 'isAlive()');
    return isSelf || child?.isAlive === true;
  }

  /** Null before the start and while it runs; else what it exited with: 1 after an uncaught error, -N when signal N ended it. */
  get exitCode(): number | null {
    return open(this, 'exitCode').child?.end?.exitCode ?? null;
  }

  /** The name of the signal that ended it; null when none did. */
  get signalCode(): NodeJS.Signals | null {
    return open(this, 'signalCode').child?.end?.signalCode ?? null;
  }

  /**
   * What the ended process failed with, whole: class, message, code, own properties, cause, and its stack. Null when it did not fail by an
   * error. A thrown value that is no Error is given as it is. A process that ended by itself before it could call its target has a
   * ProcessError.
   */
  get error(): Error | null {
    return open(this, 'error').child?.error ?? null;
  }

  /** Null before the start. Of a thread it is the pid of the process it is in, which is this one. */
  get pid(): number | null {
    const { isSelf, child } = open(this, 'pid');
    return isSelf ? process.pid : (child?.pid ?? null);
  }

  get name(): string {
    return stateOf(this).name;
  }

  /** Renaming a started process does not rename it for itself. @throws TypeError for anything but a string. */
  set name(name: string) {
    const state = stateOf(this);
    state.name = checkName(name, 'Process.name');
    if (state.isSelf) setIdentity({ ...identity(), name });
  }

  get daemon(): boolean {
    return stateOf(this).daemon;
  }

  /** @throws TypeError for anything but a boolean; InvalidStateError after the start. */
  set daemon(daemon: boolean) {
    if (typeof daemon !== 'boolean') throw new TypeError(`Process.daemon: expected true or false, got ${describe(daemon)}.`);
    const state = open(this, 'daemon');
    if (state.isSelf || state.child !== undefined)
      throw new InvalidStateError(`Process.daemon: ${state.name} was started already; set it before.`);
    state.daemon = daemon;
  }

  /** The key for authenticated connections; a copy. */
  get authkey(): Buffer {
    return Buffer.from(open(this, 'authkey').authkey);
  }

  /** Of the current process: the key that it, and children made from now on, have. */
  set authkey(key: Uint8Array) {
    const state = open(this, 'authkey');
    state.authkey = checkAuthkey(key, 'Process.authkey');
    if (state.isSelf) setIdentity({ ...identity(), authkey: state.authkey });
  }

  /** A descriptor that polls readable once the process has ended; closed with the object. @throws InvalidStateError before the start. */
  get sentinel(): number {
    return started(this, 'sentinel').sentinel;
  }

  /**
   * The process's (or thread's) standard streams where `stdio` is `'pipe'`, else null. A child blocks when it writes more than a pipe holds and nobody
   * reads.
   */
  get stdin(): Writable | null {
    return open(this, 'stdin').child?.streams.stdin ?? null;
  }

  get stdout(): Readable | null {
    return open(this, 'stdout').child?.streams.stdout ?? null;
  }

  get stderr(): Readable | null {
    return open(this, 'stderr').child?.streams.stderr ?? null;
  }

  /**
   * Sends SIGTERM. Unless it handles that signal the process ends at once: no `finally` block or exit handler runs in it. What it held is
   * released; the processes it started end too. Does nothing when it has ended.
   *
   * @throws InvalidStateError before the start; ProcessError when the system does not allow it.
   */
  terminate({ tree = false }: SignalOptions = {}): void {
    started(this, 'terminate()').signal('SIGTERM', tree);
  }

  /** The same with SIGKILL, which cannot be handled. A thread handles neither, and ends at once by both. */
  kill({ tree = false }: SignalOptions = {}): void {
    started(this, 'kill()').signal('SIGKILL', tree);
  }

  /** The same with SIGINT, as Ctrl-C sends. @throws InvalidStateError for a thread, too: it takes no signals. */
  interrupt({ tree = false }: SignalOptions = {}): void {
    started(this, 'interrupt()').signal('SIGINT', tree);
  }

  /**
   * Gives back what the ended process still has here. Of the object, `name` and `daemon` stay; the rest throws ClosedError. Twice is
   * harmless.
   * @throws InvalidStateError while it runs.
   */
  close(): void {
    const state = stateOf(this);
    if (state.isClosed || state.isSelf) return;
    if (state.child?.isAlive === true) {
      throw new InvalidStateError(`Process.close(): ${state.name} (pid ${state.child.pid}) still runs; join() or terminate() it first.`);
    }
    state.child?.release();
    state.child = state.work = undefined;
    state.isClosed = true;
  }

  /**
   * Terminates the process if it runs (SIGTERM, after a second SIGKILL), waits for its end, blocking this thread, and closes the object.
   */
  [Symbol.dispose](): void {
    stateOf(this).child?.stopSync();
    this.close();
  }

  /** The same without blocking. */
  async [Symbol.asyncDispose](): Promise<void> {
    await stateOf(this).child?.stop();
    this.close();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { name, daemon, madeBy, isSelf, child, isClosed } = stateOf(this);
    const end = child?.end;
    const stage = end !== undefined ? 'stopped' : isSelf || child !== undefined ? 'started' : 'initial';
    return describeProcess({
      className: this.constructor.name,
      name,
      daemon,
      parentPid: madeBy,
      pid: isSelf ? process.pid : (child?.pid ?? null),
      status: isClosed ? 'closed' : stage,
      exitCode: end?.exitCode ?? null,
      signalCode: end?.signalCode ?? null,
    });
  }
}

neverSent(Process, 'Send its pid, or an end of a Pipe.');

/** The class by which a child rebuilds an instance of a subclass with a `run` of its own; undefined when there is nothing to rebuild. */
function classOf(subclass: Function): ExportName | undefined {
  const { run } = subclass.prototype as { run: unknown };
  return run === Process.prototype.run ? undefined : nameClass(subclass, `new ${subclass.name || 'Process'}()`);
}
