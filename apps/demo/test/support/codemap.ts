import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the built program in `cwd`, as the leader of a process group, as a shell does; it is gone when the test is over. */
export function startCodemap(
  args: readonly string[],
  cwd: string,
): { child: ChildProcess; ended: Promise<Ended>; stderrMatches(pattern: RegExp): Promise<void> } {
  // Colour libraries take a CI service for a terminal: NO_COLOR settles it, wherever the tests run.
  const env = { ...process.env, NO_COLOR: '1' };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let stderr = '';
  const closed = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const stderrMatches = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(stderr)) {
      if (child.exitCode !== null) throw new Error(`codemap ended with ${child.exitCode} before it wrote ${pattern}: ${stderr}`);
      await new Promise((resolve) => child.stderr.once('data', resolve).once('close', resolve));
    }
  };
  return { child, ended: closed, stderrMatches };
}

export const runCodemap = (args: readonly string[], cwd: string): Promise<Ended> => startCodemap(args, cwd).ended;

/** What the terminal does at Ctrl-C: a signal for every process of the group, workers included. */
export function pressCtrlC(child: ChildProcess): void {
  process.kill(-child.pid!, 'SIGINT');
}
