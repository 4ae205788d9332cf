/**
 * A child that is a process of its own, started by `spawn` or taken from the standbys of `forkserver`.
 *
 * The kernel is asked for its end without reaping it, so that libuv, which reaps in any case, tells of it as always.
 */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { native } from '@manycore/core/internal';
import { Child, type ChildOptions, type End, type Streams } from '../child.js';
import { signalTree, trySignal } from '../descendants.js';
import { ProcessError } from '../errors.js';
import type { Spawned } from './spawn.js';

/** Of a process whose status something else in this process took: nobody can know it. CPython's forkserver says the same. */
const UNKNOWN_EXIT_CODE = 255;
const ECHILD = 10;

export class ProcessChild extends Child {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  /** libuv took its status, and will tell it as soon as what runs now has returned. */
  #isReaped = false;

  constructor(options: ChildOptions, spawned: Spawned) {
    super(options);
    this.pid = spawned.pid;
    this.#process = spawned.process;
    this.#control = spawned.control;
    this.#process.once('exit', (code, signal) => this.#onExit(code, signal));
    if (!options.daemon) return;
    this.#process.unref();
    for (const stream of this.#process.stdio.slice(0, 3)) (stream as Socket | null)?.unref();
  }

  override get isAlive(): boolean {
    return this.end === undefined && !this.#isReaped;
  }

  get streams(): Streams {
    return this.#process;
  }

  /** Does nothing when it has ended. */
  signal(signal: NodeJS.Signals, tree: boolean): void {
    if (this.end !== undefined) return;
    if (tree) {
      signalTree(this.pid, signal);
      return;
    }
    const cause = trySignal(this.pid, signal);
    if (cause !== undefined)
      throw new ProcessError(`${this.name} (pid ${this.pid}) may not be sent ${signal}: ${cause.message}`, { cause, pid: this.pid });
  }

  protected reference(on: boolean): void {
    if (on) this.#process.ref();
    else this.#process.unref();
  }

  protected dispose(): void {
    this.#control.destroy();
  }

  protected openSentinel(): number {
    return openSentinel(this.pid, this.name);
  }

  protected isOver(): boolean {
    const seen = native().waitProcess(this.pid, 0);
    return typeof seen !== 'number' || seen === -ECHILD;
  }

  protected look(ms: number): void {
    const seen = native().waitProcess(this.pid, ms);
    if (typeof seen !== 'number') {
      this.ended(endOf(seen[0], seen[1]));
      this.settleJoins();
    } else if (seen === -ECHILD && !this.#isReaped) {
      this.#isReaped = true;
      // By the second turn of the loop libuv has told; if it has not, its status went elsewhere.
      setImmediate(() => setImmediate(() => this.#onExit(UNKNOWN_EXIT_CODE, null)));
    }
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.ended(endOf(code ?? -1, signal === null ? -1 : signalNumber(signal)));
    // libuv takes the statuses of all children that ended and only then tells of each: whoever goes on here could otherwise ask for one
    // that is between the two.
    setImmediate(() => this.settleJoins());
  }
}

/** Of the two, the one that does not apply is -1. */
function endOf(code: number, signal: number): End {
  return signal === -1 ? { exitCode: code, signalCode: null } : { exitCode: -signal, signalCode: signalName(signal) };
}

const signals = (): Record<string, number> => process.getBuiltinModule('node:os').constants.signals;

const signalNumber = (name: NodeJS.Signals): number => signals()[name]!;

function signalName(number: number): NodeJS.Signals | null {
  const found = Object.entries(signals()).find(([, value]) => value === number);
  return (found?.[0] as NodeJS.Signals | undefined) ?? null;
}

function openSentinel(pid: number, name: string): number {
  const addon = native();
  const fd = addon.openProcess(pid);
  if (fd >= 0) return fd;
  const { getSystemErrorName } = process.getBuiltinModule('node:util');
  const why = getSystemErrorName(fd);
  const ends = why === 'ESRCH' ? addon.pipe() : fd;
  if (typeof ends === 'number') throw new ProcessError(`${name} (pid ${pid}): no sentinel can be opened (${why}).`, { pid });
  // Ended and reaped: a pipe without a writer is readable for ever, as the sentinel of an ended process is.
  addon.close(ends[1]);
  return ends[0];
}
