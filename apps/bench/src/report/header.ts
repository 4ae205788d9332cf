import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Options } from '../options.js';
import type { Python } from '../pythons.js';

/** When, on what and with what was measured. */
export interface RunHeader {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  /** Mean number of runnable processes over the minute before the run: a busy machine shows. */
  readonly loadBefore: number;
  readonly node: string;
  /** Undefined where CPython takes no part. */
  readonly cpython?: readonly string[];
  /** Short commit, '+' when files differ from it; undefined outside a repository or before its first commit. */
  readonly commit?: string;
  readonly rounds: number;
  readonly quick: boolean;
  /** Set when there was no warm-up round. */
  readonly cold?: true;
  readonly pin?: number;
  /** Set when the run was broken off: the rows hold the rounds until then. */
  readonly interrupted?: true;
}

export function describeRun(options: Options, pythons: readonly Python[] | undefined): RunHeader {
  const commit = gitCommit();
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    kernel: `${type()} ${release()}`,
    loadBefore: loadavg()[0] as number,
    node: process.version,
    rounds: options.rounds,
    quick: options.quick,
    ...(options.cold ? { cold: true } : {}),
    ...(pythons === undefined ? {} : { cpython: pythons.map(({ version }) => version) }),
    ...(commit === undefined ? {} : { commit }),
    ...(options.pin === undefined ? {} : { pin: options.pin }),
  };
}

export function headerLines(header: RunHeader): string[] {
  const pinned = header.pin === undefined ? '' : `, then pinned to CPU ${header.pin}`;
  const rounds = `${header.rounds} rounds ${header.cold === true ? 'without a' : 'after one'} warm-up round${header.quick ? ', quick (a tenth of the operations)' : ''}${pinned}`;
  return [
    `Measured ${header.date}, commit ${header.commit ?? 'none'}`,
    `Machine: ${header.cpu}, ${header.cores} CPUs, ${header.kernel}, load before ${header.loadBefore.toFixed(2)}`,
    `Node ${header.node}${cpythonPart(header)}`,
    `Run: ${rounds}${header.interrupted === true ? '; INTERRUPTED, fewer rounds were measured' : ''}`,
  ];
}

function cpythonPart({ cpython }: RunHeader): string {
  if (cpython === undefined) return '';
  return `; CPython ${cpython.length === 0 ? 'not found: there are no ratios to it' : cpython.join(', ')}`;
}

function gitCommit(): string | undefined {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    // No git, no repository or no commit yet: the header says so.
    return undefined;
  }
}
