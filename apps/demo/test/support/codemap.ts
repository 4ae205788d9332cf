import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { AtEnd } from './temp-tree.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves with what matches on stderr, once it does. */
  stderrMatches(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface StartOptions {
  env?: NodeJS.ProcessEnv;
  /** Registers what is to be done when the program is not needed any more. */
  atEnd?: AtEnd;
}

/** Starts the built program in `cwd`, as the leader of a process group, as a shell does; it is gone when the test is over. */
export function startCodemap(args: readonly string[], cwd: string, { env = {}, atEnd = onTestFinished }: StartOptions = {}): Started {
  // Colour libraries take a CI service for a terminal: NO_COLOR settles it, wherever the tests run.
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let stderr = '';
  const closed = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  atEnd(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const stderrMatches = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(stderr);
      if (match !== null) return match;
      if (child.exitCode !== null) throw new Error(`codemap ended with ${child.exitCode} before it wrote ${pattern}: ${stderr}`);
      await new Promise((resolve) => child.stderr.once('data', resolve).once('close', resolve));
    }
  };
  return { child, ended: closed, stderrMatches };
}

export const runCodemap = (args: readonly string[], cwd: string, options?: StartOptions): Promise<Ended> => startCodemap(args, cwd, options).ended;

/** What the terminal does at Ctrl-C: a signal for every process of the group, workers included. */
export function pressCtrlC(child: ChildProcess): void {
  process.kill(-child.pid!, 'SIGINT');
}
