import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from '../contender/contender.js';
import { MeasurementError } from '../errors.js';
import { measuredEnvironment } from './environment.js';

/** Far beyond what any measurement takes: only a hang reaches it. */
const LIMIT_MS = 120_000;
const STDERR_KEPT = 4_000;
/** The workspace: its place on this machine says nothing to a reader of a report. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface MeasureOptions {
  /** Keeps the program and all it starts on this CPU. */
  readonly pin?: number | undefined;
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a measuring program in a fresh process and gives what it printed.
 *
 * The program gets a process group of its own. When it has ended, runs too long, or `signal` aborts, the whole group is killed, so that
 * nothing it has started disturbs the next one.
 *
 * @throws MeasurementError when it cannot be started, fails or runs too long; the signal's reason when aborted.
 */
export async function measure(command: Command, { pin, limitMs = LIMIT_MS, signal }: MeasureOptions = {}): Promise<string> {
  signal?.throwIfAborted();
  const { file, args } = pin === undefined ? command : pinned(command, pin);
  const child = spawn(file, args, { detached: true, env: measuredEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => killGroup(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, limitMs);
  signal?.addEventListener('abort', kill);
  try {
    const { stdout, stderr, code, killedBy } = await ended(child);
    signal?.throwIfAborted();
    if (late) throw new MeasurementError(`gave no result within ${limitMs} ms${quoted(stderr)}`);
    const how = killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
    if (code !== 0) throw new MeasurementError(`${how}${quoted(stderr)}`);
    return stdout;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
    kill();
  }
}

function pinned({ file, args }: Command, cpu: number): Command {
  return { file: 'taskset', args: ['-c', String(cpu), file, ...args] };
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT)));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new MeasurementError(`could not be started: ${error.message}`, { cause: error })));
    // The program ended badly: what it left may hold the pipes open, and 'close' would never come.
    child.once('exit', (code) => code !== 0 && killGroup(child));
    child.once('close', (code, killedBy) => resolve({ stdout, stderr, code, killedBy }));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // Nobody is left, as it should be.
  }
}

/** The line of an error report that says what happened: the first that names an error, else the last. */
function quoted(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const line = lines.find((text) => /^(\w+ )?\[?\w*(Error|Exception)\b.*:/.test(text)) ?? lines.at(-1);
  return line === undefined ? '' : `: ${line.replaceAll(ROOT, '').slice(0, 300)}`;
}
