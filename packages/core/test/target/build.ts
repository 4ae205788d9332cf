/**
 * Compiles the naming functions for programs that run in plain Node processes, into a folder below this package's `node_modules`, where the
 * lexer is found, and runs such programs.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

export const fixture = (name: string): string => join(packageRoot, 'test', 'fixtures', name);
export const fixtureUrl = (name: string): string => pathToFileURL(fixture(name)).href;

/** The loader of the workspace's tsx, for programs in TypeScript. */
export const tsxLoader = pathToFileURL(createRequire(join(packageRoot, '..', '..', 'package.json')).resolve('tsx')).href;

export interface Outcome {
  /** Whatever the program printed. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  value?: any;
  error?: { class: string; name: string; code: string; message: string; cause?: { name: string; message: string } };
}

export interface Run {
  stdout: string;
  stderr: string;
  code: number | null;
}

export interface Job {
  name: unknown;
  args: unknown[];
  isClass?: boolean;
}

export class Build {
  private constructor(
    readonly folder: string,
    private readonly entry: string,
  ) {}

  static async make(): Promise<Build> {
    const modules = join(packageRoot, 'node_modules');
    const folder = await mkdtemp(join(modules, '.target-test-'));
    await mkdir(join(folder, 'target'));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    const sources = ['errors.ts', 'installation.ts', ...(await readdir(join(packageRoot, 'src', 'target'))).map((name) => `target/${name}`)];
    for (const name of sources) {
      const text = await readFile(join(packageRoot, 'src', name), 'utf8');
      const { outputText } = ts.transpileModule(text, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
      });
      await writeFile(join(folder, name.replace(/\.ts$/, '.js')), outputText);
    }
    const parts = ['name', 'resolve', 'task', 'function-ref', 'inline', 'main-script'];
    const entry = join(folder, 'index.js');
    await writeFile(entry, parts.map((part) => `export * from './target/${part}.js';`).join('\n'));
    return new Build(folder, entry);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  run(program: string, args: string[] = [], execArgv: string[] = []): Promise<Run> {
    const { NODE_OPTIONS: _unset, NODE_V8_COVERAGE: _alsoUnset, ...inherited } = process.env;
    const env = { ...inherited, MANYCORE_TARGET_BUILD: pathToFileURL(this.entry).href, MANYCORE_TARGET_BUILD_FILE: this.entry };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...execArgv, program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => resolve({ stdout, stderr, code }));
    });
  }

  /** Runs a program that prints one JSON object of outcomes; anything on stderr is a failure. */
  async outcomes(program: string, args: string[] = [], execArgv: string[] = []): Promise<Record<string, Outcome>> {
    const { stdout, stderr, code } = await this.run(fixture(program), args, execArgv);
    if (code !== 0 || stderr !== '') throw new Error(`${program} ended with ${code}\n${stderr}\n${stdout}`);
    return JSON.parse(stdout) as Record<string, Outcome>;
  }

  /** Resolves and calls names in one child. */
  async resolve(jobs: Job[], execArgv: string[] = []): Promise<Outcome[]> {
    return Object.values(await this.outcomes('target-resolve.mjs', [JSON.stringify(jobs)], execArgv));
  }
}
