import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LONG } from './delays.js';
import { TestingError } from './errors.js';
import { LineLog } from './line-log.js';
import { killTree } from './proc/kill-tree.js';
import { markedEnvironment, type TreeQuery } from './proc/process-mark.js';
import { readProcess } from './proc/process-table.js';
import { watchTree } from './watchdog.js';

export interface FixtureOptions {
  readonly args?: readonly string[];
  /** Added to the environment of this process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Options for Node itself. */
  readonly execArgv?: readonly string[];
  /** Node binary; default the one that runs this. */
  readonly node?: string;
  readonly cwd?: string;
  /** Milliseconds until the watchdog reports the whole tree of the fixture and kills it; default LONG. */
  readonly timeout?: number;
}

export interface FixtureResult {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of stdout. */
  readonly lines: readonly string[];
}

/** A program that runs as a child process. Disposing kills what is left of its tree. */
export interface Fixture extends AsyncDisposable {
  readonly pid: number;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  /** Everything written to stderr so far. */
  readonly stderr: string;
  /** Resolves at the end, whatever the exit code; rejects when the watchdog had to end it or it could not be started. */
  readonly done: Promise<FixtureResult>;
  /** The same, and rejects unless the exit code is 0, with the child's stderr in the message. */
  succeeded(): Promise<FixtureResult>;
  /**
   * The first line of stdout that matches (equals the text, or fits the pattern) and that no earlier call has returned; waits for it.
   * Rejects when the child ends without it.
   */
  line(match: string | RegExp): Promise<string>;
  /** Writes one line to its stdin. */
  send(line: string): void;
  /** Closes its stdin. */
  end(): void;
  /** Sends a signal to the child alone; default SIGTERM. */
  kill(signal?: NodeJS.Signals): void;
}

/**
 * Starts a fixture program, a `.mjs`, `.js` or `.ts` file, the latter through tsx.
 *
 * @throws TestingError (`ERR_MANYCORE_TESTING_FIXTURE`) when the process cannot be started.
 */
export function spawnFixture(program: string | URL, options: FixtureOptions = {}): Fixture {
  const path = program instanceof URL ? fileURLToPath(program) : program;
  const node = options.node ?? process.execPath;
  const mark = `fixture-${randomUUID()}`;
  const loader = /\.[cm]?ts$/.test(path) ? ['--import', import.meta.resolve('tsx')] : [];
  const child = spawn(node, [...(options.execArgv ?? []), ...loader, path, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: markedEnvironment({ ...process.env, ...options.env }, mark),
    stdio: 'pipe',
  });
  // Until its exit event is handled, which is not before this function has returned, the pid is the child's.
  const root = child.pid === undefined ? undefined : readProcess(child.pid);
  return new RunningFixture(child, path, root && { root, mark }, options.timeout ?? LONG);
}

class RunningFixture implements Fixture {
  readonly done: Promise<FixtureResult>;
  private readonly log = new LineLog();
  private errorText = '';
  private outputText = '';

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly path: string,
    /** undefined when the process could not be started. */
    private readonly tree: TreeQuery | undefined,
    timeout: number,
  ) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.outputText += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.errorText += text));
    createInterface({ input: child.stdout }).on('line', (line) => this.log.add(line));
    // Writing to a child that has ended is no failure of its own: `done` tells of the end.
    child.stdin.on('error', () => undefined);
    this.done = this.watched(timeout);
    // Nobody need wait for `done`: the watchdog has printed its report, and every `line` that is waited for fails with the same error.
    this.done.then(
      (result) => this.log.close(this.failure(`ended (${endOf(result)}) without the line that was waited for`)),
      (error: unknown) => this.log.close(error as Error),
    );
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new TestingError('ERR_MANYCORE_TESTING_FIXTURE', `${this.path} was not started`);
    return this.child.pid;
  }

  get lines(): readonly string[] {
    return this.log.lines;
  }

  get stderr(): string {
    return this.errorText;
  }

  async succeeded(): Promise<FixtureResult> {
    const result = await this.done;
    if (result.exitCode !== 0) throw this.failure(`ended with ${endOf(result)}`);
    return result;
  }

  line(match: string | RegExp): Promise<string> {
    return this.log.take(match);
  }

  send(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  end(): void {
    this.child.stdin.end();
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.tree !== undefined) await killTree(this.tree, true);
    await this.done;
  }

  private async watched(timeout: number): Promise<FixtureResult> {
    const ended = this.ended();
    return this.tree === undefined ? ended : watchTree(ended, this.tree, true, { what: `fixture ${this.path}`, timeout });
  }

  private async ended(): Promise<FixtureResult> {
    // `close` and not `exit`: by then all output has been read.
    const [exitCode, signal] = (await once(this.child, 'close').catch((cause: unknown) => {
      throw new TestingError('ERR_MANYCORE_TESTING_FIXTURE', `${this.path} could not be started: ${String(cause)}`, { cause });
    })) as [number | null, NodeJS.Signals | null];
    return { exitCode, signal, stdout: this.outputText, stderr: this.errorText, lines: this.log.lines };
  }

  private failure(what: string): TestingError {
    const stdout = this.outputText === '' ? '' : `\nstdout:\n${this.outputText}`;
    const stderr = this.errorText === '' ? '' : `\nstderr:\n${this.errorText}`;
    return new TestingError('ERR_MANYCORE_TESTING_FIXTURE', `fixture ${this.path} (pid ${this.child.pid}) ${what}${stdout}${stderr}`);
  }
}

const endOf = ({ exitCode, signal }: Pick<FixtureResult, 'exitCode' | 'signal'>): string =>
  signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
