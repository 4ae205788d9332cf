/** A real CPython on the other side. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { spawnFixture, type Fixture } from '@manycore/testing';

const ASK = 'import sys, multiprocessing.connection; print(sys.version_info >= (3, 12))';

function isNewEnough(python: string): boolean {
  try {
    return execFileSync(python, ['-c', ASK], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() === 'True';
  } catch {
    return false;
  }
}

function candidates(): string[] {
  const versions = join(homedir(), '.pyenv', 'versions');
  const pyenv = existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, 'bin', 'python')) : [];
  return ['python3.14', 'python3.13', 'python3.12', ...pyenv, 'python3'];
}

/** Every CPython from 3.12 on that is at hand, by version; one for each. */
export function pythons(): Map<string, string> {
  const found = new Map<string, string>();
  for (const python of candidates().filter(isNewEnough)) {
    const version = execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], { encoding: 'utf8' }).trim();
    if (!found.has(version)) found.set(version, python);
  }
  return found;
}

/** Any CPython up to 3.11, for what is refused. */
export function oldPython(): string | undefined {
  return candidates()
    .concat(['python3.11', 'python3.10'])
    .find((python) => {
      try {
        return execFileSync(python, ['-c', 'import sys, multiprocessing.connection; print((3,) <= sys.version_info < (3, 12))'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() === 'True';
      } catch {
        return false;
      }
    });
}

export class PythonError extends Error {
  constructor(
    readonly kind: string,
    message: string,
  ) {
    super(`${kind}: ${message}`);
  }
}

export class PythonPeer implements AsyncDisposable {
  readonly fixture: Fixture;
  #orders = 0;

  constructor(python: string) {
    this.fixture = spawnFixture(new URL('./fixtures/python-peer.py', import.meta.url), { node: python });
  }

  /** What the function of that name in the fixture returns. */
  async ask(op: string, order: object = {}): Promise<unknown> {
    const number = this.#orders++;
    this.fixture.send(JSON.stringify({ op, ...order }));
    const line = await this.fixture.line(new RegExp(`^${number} `));
    const answer = JSON.parse(line.slice(line.indexOf(' '))) as { value?: unknown; error?: string; message?: string };
    if (answer.error !== undefined) throw new PythonError(answer.error, answer.message ?? '');
    return answer.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fixture[Symbol.asyncDispose]();
  }
}
