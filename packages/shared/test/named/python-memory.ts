/** A real CPython on the other side of named memory. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { spawnFixture, type Fixture } from '@manycore/testing';

const ASK = 'import platform, multiprocessing.shared_memory; print(platform.python_version())';

function versionOf(python: string): string | undefined {
  try {
    return execFileSync(python, ['-c', ASK], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** Every CPython that has shared_memory (3.8 and later) and is at hand, by version without its last part. */
export function pythons(): Map<string, string> {
  const versions = join(homedir(), '.pyenv', 'versions');
  const pyenv = existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, 'bin', 'python')) : [];
  const found = new Map<string, string>();
  for (const python of ['/usr/bin/python3', ...pyenv, 'python3', 'python3.14']) {
    const version = versionOf(python)?.replace(/\.\w+$/, '');
    if (version !== undefined && !found.has(version)) found.set(version, python);
  }
  return found;
}

export class PythonMemory implements AsyncDisposable {
  readonly fixture: Fixture;
  #orders = 0;

  constructor(python: string) {
    this.fixture = spawnFixture(new URL('./fixtures/python-memory.py', import.meta.url), { node: python });
  }

  /** What the function of that name in the fixture returns. */
  async ask<T = unknown>(op: string, order: object = {}): Promise<T> {
    const number = this.#orders++;
    this.fixture.send(JSON.stringify({ op, ...order }));
    const line = await this.fixture.line(new RegExp(`^${number} `));
    const answer = JSON.parse(line.slice(line.indexOf(' '))) as { value: T; error?: string; message?: string };
    if (answer.error !== undefined) throw Object.assign(new Error(`${answer.error}: ${answer.message}`), { kind: answer.error });
    return answer.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fixture[Symbol.asyncDispose]();
  }
}
