/** What a process is booted with and cannot change later: a standby serves only children that are to have the same. */
import { inheritedOptions } from './command-line.js';
import { ownStdio } from './thread-stdio.js';
import { DEFAULT_STDIO, type StartSettings } from './options.js';

export interface Conditions {
  readonly program: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly execArgv: string;
}

/** As they are now, for a child with these settings. */
export function conditions({ env, execArgv }: StartSettings): Conditions {
  return {
    program: process.execPath,
    folder: process.cwd(),
    env: env ?? { ...process.env },
    execArgv: JSON.stringify(execArgv ?? inheritedOptions(process.execArgv)),
  };
}

export function sameConditions(a: Conditions, b: Conditions): boolean {
  const names = Object.keys(a.env);
  return (
    a.program === b.program &&
    a.folder === b.folder &&
    a.execArgv === b.execArgv &&
    names.length === Object.keys(b.env).length &&
    names.every((name) => a.env[name] === b.env[name])
  );
}

/** Whether a child with these settings may be one that was booted with none. */
export function isPlain({ stdio, affinity, resourceLimits }: StartSettings): boolean {
  const hasUsualStreams = stdio.every((target, index) => target === DEFAULT_STDIO[index]) && ownStdio().every((fd, index) => fd === index);
  return hasUsualStreams && affinity === undefined && resourceLimits === undefined;
}
