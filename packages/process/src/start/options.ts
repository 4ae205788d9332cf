/** What a child process is started with, checked early: a mistake is told when the Process is made, with the option's name. */
import type { Stream } from 'node:stream';
import { describe } from '@manycore/core/internal';
import { checkAffinity } from './affinity.js';
import { checkResourceLimits, type ResourceLimits } from './resource-limits.js';

/**
 * Where a standard stream of the child goes: to the parent's, nowhere, into a stream of the Process object, or to a descriptor or stream
 * that has one.
 */
export type StdioTarget = 'inherit' | 'ignore' | 'pipe' | number | Stream;

export interface StartOptions {
  /** The child's environment, in place of this process's. Values are strings; `undefined` leaves a variable out. A thread has a copy, too. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Options for Node, in place of this process's own (`process.execArgv`, less those for debugging, testing and evaluating). Threads take no options of V8. */
  execArgv?: readonly string[] | undefined;
  /**
   * Of stdin, stdout and stderr; one word for all three. Default `['ignore', 'inherit', 'inherit']`: as in Python, a child does not read
   * the terminal.
   */
  stdio?: 'inherit' | 'ignore' | 'pipe' | readonly StdioTarget[] | undefined;
  /** The numbers of the CPUs that the child may run on, from its first instruction on. Default: those of the thread that starts it. */
  affinity?: readonly number[] | undefined;
  /** Limits on the child's memory. */
  resourceLimits?: ResourceLimits | undefined;
}

export interface StartSettings {
  readonly env: Record<string, string> | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly stdio: readonly [StdioTarget, StdioTarget, StdioTarget];
  readonly affinity: readonly number[] | undefined;
  readonly resourceLimits: ResourceLimits | undefined;
}

const CALL = 'new Process({';
const WORDS = ['inherit', 'ignore', 'pipe'];

export const DEFAULT_STDIO = ['ignore', 'inherit', 'inherit'] as const;

/** @throws TypeError; RangeError for CPUs that there are not, and limits that are none. */
export function startSettings({ env, execArgv, stdio, affinity, resourceLimits }: StartOptions): StartSettings {
  return {
    env: environment(env),
    execArgv: nodeOptions(execArgv),
    stdio: streams(stdio),
    affinity: checkAffinity(affinity, `${CALL} affinity })`),
    resourceLimits: checkResourceLimits(resourceLimits, `${CALL} resourceLimits })`),
  };
}

function environment(env: unknown): Record<string, string> | undefined {
  if (env === undefined) return undefined;
  if (typeof env !== 'object' || env === null || Array.isArray(env)) {
    throw new TypeError(`${CALL} env }): expected an object of strings, got ${describe(env)}.`);
  }
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    // The value may be a secret: only its kind is told.
    if (typeof value !== 'string')
      throw new TypeError(`${CALL} env }): env[${JSON.stringify(name)}] must be a string, got a value of type ${typeof value}.`);
    if (name === '' || name.includes('='))
      throw new TypeError(`${CALL} env }): ${JSON.stringify(name)} is no name for a variable: it is empty or holds a "=".`);
    if (name.includes('\0') || value.includes('\0'))
      throw new TypeError(`${CALL} env }): env[${JSON.stringify(name)}] holds a NUL character.`);
    checked[name] = value;
  }
  return checked;
}

function nodeOptions(execArgv: unknown): readonly string[] | undefined {
  if (execArgv === undefined) return undefined;
  if (!Array.isArray(execArgv)) throw new TypeError(`${CALL} execArgv }): expected an array of strings, got ${describe(execArgv)}.`);
  return execArgv.map((option: unknown, index) => {
    if (typeof option === 'string' && !option.includes('\0')) return option;
    throw new TypeError(`${CALL} execArgv }): execArgv[${index}] must be a string without NUL, got ${describe(option)}.`);
  });
}

function streams(stdio: unknown): readonly [StdioTarget, StdioTarget, StdioTarget] {
  if (stdio === undefined) return DEFAULT_STDIO;
  if (typeof stdio === 'string' && WORDS.includes(stdio)) return [stdio, stdio, stdio] as ['pipe', 'pipe', 'pipe'];
  if (!Array.isArray(stdio) || stdio.length > 3) {
    throw new TypeError(
      `${CALL} stdio }): expected 'inherit', 'ignore', 'pipe' or an array of up to three of them, descriptors or streams, ` +
        `got ${describe(stdio)}.`,
    );
  }
  const [stdin = 'ignore', stdout = 'inherit', stderr = 'inherit'] = stdio.map(stream);
  return [stdin, stdout, stderr];
}

function stream(value: unknown, index: number): StdioTarget | undefined {
  if (value === undefined || (typeof value === 'string' && WORDS.includes(value))) return value as StdioTarget | undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  if (typeof value === 'object' && value !== null && 'pipe' in value) return value as Stream;
  throw new TypeError(
    `${CALL} stdio }): stdio[${index}] must be 'inherit', 'ignore', 'pipe', a descriptor or a stream that has one, got ${describe(value)}.`,
  );
}
