/** The program `fixtures/tracked-tree.mjs`, and the tracker of its session. */
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { spawnFixture, until, type Fixture, type FixtureOptions } from '@manycore/testing';

interface Answer {
  readonly value?: unknown;
  readonly error?: string;
  readonly message?: string;
  readonly cause?: string;
}

export class TrackedTree implements AsyncDisposable {
  readonly fixture: Fixture;
  #orders = 0;
  #inode: number | undefined;

  constructor(options: FixtureOptions = {}) {
    this.fixture = spawnFixture(new URL('./fixtures/tracked-tree.mjs', import.meta.url), options);
  }

  async answer(op: string, order: object = {}): Promise<Answer> {
    const number = this.#orders++;
    this.fixture.send(JSON.stringify({ op, ...order }));
    const line = await this.fixture.line(new RegExp(`^${number} `));
    return JSON.parse(line.slice(line.indexOf(' '))) as Answer;
  }

  async ask<T = unknown>(op: string, order: object = {}): Promise<T> {
    const { value, error, message } = await this.answer(op, order);
    if (error !== undefined) throw new Error(`${error}: ${message}`);
    return value as T;
  }

  /** Says it to the program, which does not answer. */
  tell(op: string, order: object = {}): void {
    this.fixture.send(JSON.stringify({ op, ...order }));
  }

  /** Pids of this session's trackers. */
  async trackers(): Promise<number[]> {
    this.#inode ??= (await this.ask<{ inode: number }>('facts')).inode;
    return trackersOf(this.#inode);
  }

  /** The only tracker, once it sleeps. */
  async tracker(): Promise<number> {
    // A program that has just been started has no command line yet.
    await until(async () => (await this.trackers()).length > 0, { what: 'the tracker to run' });
    const [pid, ...others] = await this.trackers();
    if (pid === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} trackers, or the only one has ended`);
    await until(() => ignoresTermination(pid), { what: 'the tracker to be ready' });
    return pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fixture[Symbol.asyncDispose]();
    if (this.#inode !== undefined) {
      const inode = this.#inode;
      await until(() => trackersOf(inode).length === 0, { what: 'the tracker to be gone' });
    }
  }
}

export function trackersOf(inode: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/tracker.js') && statSync(`/proc/${pid}/fd/3`).ino === inode;
      } catch {
        return false;
      }
    });
}

const SIGTERM_BIT = 1n << 14n;
function ignoresTermination(pid: number): boolean {
  const ignored = /^SigIgn:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${ignored}`) & SIGTERM_BIT) !== 0n;
}

/** What a process has open. */
export const openFiles = (pid: number): string[] => readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
