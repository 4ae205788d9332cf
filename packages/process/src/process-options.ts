/** What a Process is made with, checked and filled in. */
import { describe, identity, nameTarget, type TargetName } from '@manycore/core/internal';
import { checkMethod } from './context-state.js';
import type { StartMethod } from './start/method.js';
import { startSettings, type StartOptions, type StartSettings } from './start/options.js';

/** Options of `terminate`, `kill` and `interrupt`. */
export interface SignalOptions {
  /** Also everything below the process, started by manycore or not. Default false. */
  tree?: boolean;
}

/** Options of a `Process`. */
export interface ProcessOptions<A extends readonly unknown[] = readonly unknown[]> extends StartOptions {
  /**
   * What the child calls: a function another process can name (exported, `task`, `functionRef`, `inline`). Its result is awaited and
   * dropped.
   */
  target?: ((...args: A) => unknown) | undefined;
  /** Copied when the process is started; handles and shared memory arrive as the same objects. */
  args?: A | undefined;
  /** Default `Process-1`, `Process-2` …; children of `Process-1` are `Process-1:1` … A subclass uses its own name instead of `Process`. */
  name?: string | undefined;
  /**
   * A daemonic process is terminated when the one that started it ends, and may not start any itself. Default: as the process that makes
   * it.
   */
  daemon?: boolean | undefined;
  /** How it is started; default: as `setStartMethod` says, at the time of `start()`. */
  startMethod?: StartMethod | undefined;
  /** The child's key for authenticated connections, at least one byte. Default: that of the process that makes it. */
  authkey?: Uint8Array | undefined;
}

export interface CheckedOptions {
  /** '' when none was given. */
  readonly name: string;
  readonly daemon: boolean;
  readonly authkey: Buffer;
  readonly target: ((...args: never[]) => unknown) | undefined;
  readonly targetName: TargetName | undefined;
  readonly args: readonly unknown[];
  /** Undefined: the one that is in force at the start. */
  readonly method: StartMethod | undefined;
  readonly settings: StartSettings;
}

const KNOWN = new Set(['target', 'args', 'name', 'daemon', 'startMethod', 'env', 'execArgv', 'stdio', 'affinity', 'resourceLimits', 'authkey']);
const CALL = 'new Process({';

/** @throws TypeError for what is not what it should be; TargetError for a function that cannot be named. */
export function checkOptions(options: unknown): CheckedOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`new Process(options): expected an object, got ${describe(options)}.`);
  const unknown = Object.keys(options).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw new TypeError(`${CALL} ${unknown} }): there is no such option. There are: ${[...KNOWN].join(', ')}.`);
  const { target, args = [], name = '', daemon = identity().daemon, startMethod, authkey } = options as ProcessOptions;
  if (target !== undefined && typeof target !== 'function')
    throw new TypeError(`${CALL} target }): expected a function, got ${describe(target)}.`);
  if (!Array.isArray(args)) throw new TypeError(`${CALL} args }): expected an array of arguments, got ${describe(args)}.`);
  if (target === undefined && args.length > 0)
    throw new TypeError(`${CALL} args }): there are arguments, but no target that could take them.`);
  if (typeof daemon !== 'boolean') throw new TypeError(`${CALL} daemon }): expected true or false, got ${describe(daemon)}.`);
  return {
    name: checkName(name, `${CALL} name })`),
    daemon,
    authkey: authkey === undefined ? identity().authkey : checkAuthkey(authkey, `${CALL} authkey })`),
    target: target,
    targetName: target === undefined ? undefined : nameTarget(target, `${CALL} target })`),
    args: [...(args as readonly unknown[])],
    method: startMethod === undefined ? undefined : checkMethod(startMethod, `${CALL} startMethod })`),
    settings: startSettings(options),
  };
}

export function checkName(name: unknown, call: string): string {
  if (typeof name !== 'string') throw new TypeError(`${call}: a name must be a string, got ${describe(name)}.`);
  return name;
}

/** A copy: what the caller does with its bytes later must not change a key. Messages never show it. */
export function checkAuthkey(key: unknown, call: string): Buffer {
  if (!(key instanceof Uint8Array) || key.length === 0)
    throw new TypeError(`${call}: a key must be a Uint8Array of at least one byte, got a value of type ${typeof key}.`);
  return Buffer.from(key);
}
