/** Which CPythons take part: those MANYCORE_BENCH_PYTHON names, else all of the reference versions that are found, else the newest. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UsageError } from './errors.js';

/** An interpreter that answered, by its full version ('3.13.0'). */
export interface Python {
  readonly executable: string;
  readonly version: string;
}

/** Asks a candidate for its version; undefined when it is not there or is no CPython. */
export type Probe = (executable: string) => string | undefined;

const REFERENCE_MINORS = ['3.11', '3.13'];
const PROBE = 'import sys, platform, _multiprocessing\nprint(platform.python_implementation(), "%d.%d.%d" % sys.version_info[:3])';
const PROBE_LIMIT_MS = 20_000;

/** @throws UsageError when MANYCORE_BENCH_PYTHON names something that is no CPython 3. */
export function findPythons(env: NodeJS.ProcessEnv = process.env, probe: Probe = askVersion): Python[] {
  const named = env['MANYCORE_BENCH_PYTHON'];
  if (named !== undefined && named !== '') return namedPythons(named.split(delimiter), probe);
  return choose(candidates(env).flatMap((executable) => found(executable, probe)));
}

/** One of each version; the reference versions (every build of them) when there is one, else the newest. */
export function choose(pythons: readonly Python[]): Python[] {
  const byVersion = new Map(pythons.map((python) => [python.version, python]));
  const distinct = [...byVersion.values()].sort((a, b) => compareVersions(a.version, b.version));
  const reference = distinct.filter(({ version }) => REFERENCE_MINORS.some((minor) => version.startsWith(`${minor}.`)));
  return reference.length > 0 ? reference : distinct.slice(-1);
}

function namedPythons(executables: readonly string[], probe: Probe): Python[] {
  return executables.map((executable) => {
    const [python] = found(executable, probe);
    if (python !== undefined) return python;
    throw new UsageError(
      `MANYCORE_BENCH_PYTHON: '${executable}' is not a CPython 3 that can be run. Give paths of interpreters, separated by '${delimiter}'.`,
    );
  });
}

function found(executable: string, probe: Probe): Python[] {
  const version = probe(executable);
  return version === undefined ? [] : [{ executable, version }];
}

function candidates(env: NodeJS.ProcessEnv): string[] {
  const folders = [...new Set([...(env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'])].filter((folder) => folder !== '');
  const inFolders = folders.flatMap((folder) =>
    entries(folder).filter((name) => /^python3(\.\d+)?$/.test(name)).map((name) => join(folder, name)),
  );
  const versions = join(env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const installed = entries(versions).map((name) => join(versions, name, 'bin', 'python3')).filter((path) => existsSync(path));
  return [...inFolders, ...installed];
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function askVersion(executable: string): string | undefined {
  try {
    const args = ['-I', '-S', '-c', PROBE];
    const answer = execFileSync(executable, args, { encoding: 'utf8', timeout: PROBE_LIMIT_MS, stdio: ['ignore', 'pipe', 'ignore'] });
    return /^CPython (3\.\d+\.\d+)$/.exec(answer.trim())?.[1];
  } catch {
    // A candidate that cannot be run is no candidate: a shim of a version manager, a dangling link, a build without multiprocessing.
    return undefined;
  }
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
