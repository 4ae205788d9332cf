/** The project of a user, in a folder of its own: his files, manycore as it is installed from a registry, and the tools he has. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnFixture, type Fixture } from '@manycore/testing';

const PACKAGES = fileURLToPath(new URL('../../..', import.meta.url));
const PUBLISHED = /^(?:dist|prebuilds|package\.json)$/;
const folderOf = (tool: string, from = join(PACKAGES, 'process', 'package.json')): string => {
  const found = createRequire(from).resolve.paths(tool)?.map((folder) => join(folder, tool)).find((folder) => readdirSync(dirname(folder)).includes(tool.split('/').at(-1)!));
  if (found === undefined) throw new Error(`${tool} is not installed in this workspace`);
  return realpathSync(found);
};

export interface ProjectOptions {
  /** Of package.json, which may say nothing; default ES modules. */
  readonly type?: 'module' | 'commonjs' | 'none';
  /** Packages of this workspace's, such as `tsx`. */
  readonly tools?: readonly string[];
  /** Packages of ours to install; default process and what it needs. */
  readonly manycore?: readonly string[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeout?: number;
}

export interface Project extends Disposable {
  readonly folder: string;
  path(name: string): string;
  write(files: Readonly<Record<string, string>>): void;
  /** Runs `node` with these arguments in the folder. */
  node(args: readonly string[], options?: RunOptions): Fixture;
}

/** What our own test runner and package manager put into the environment. */
const OWN: Record<string, undefined> = Object.fromEntries(['NODE_OPTIONS', 'NODE_PATH', 'NODE_ENV', 'TEST', ...Object.keys(process.env).filter((name) => /^VITEST/.test(name))].map((name) => [name, undefined]));

export function project(files: Readonly<Record<string, string>>, { type = 'module', tools = [], manycore = ['core', 'sync', 'queues', 'process'] }: ProjectOptions = {}): Project {
  // Not named as what manycore makes: a leak check in another test file would take it for that.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loaders-')));
  const modules = join(folder, 'node_modules');
  const path = (name: string): string => join(folder, name);
  const write: Project['write'] = (texts) => {
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
    }
  };
  write({ 'package.json': JSON.stringify(type === 'none' ? {} : { type }), ...files });
  for (const name of manycore) {
    for (const part of readdirSync(join(PACKAGES, name)).filter((part) => PUBLISHED.test(part))) {
      cpSync(join(PACKAGES, name, part), join(modules, '@manycore', name, part), { recursive: true });
    }
  }
  if (manycore.length > 0) cpSync(folderOf('es-module-lexer', join(PACKAGES, 'core', 'package.json')), join(modules, 'es-module-lexer'), { recursive: true });
  mkdirSync(modules, { recursive: true });
  for (const tool of tools) symlinkSync(folderOf(tool), join(modules, tool));
  return {
    folder,
    path,
    write,
    node: (args, { env, timeout }: RunOptions = {}) =>
      spawnFixture('--', { cwd: folder, env: { ...OWN, ...env }, ...(timeout === undefined ? {} : { timeout }), ...split(args) }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Options of Node stand before the `--` that keeps `spawnFixture` from adding a loader of its own for a `.ts` program. */
function split(args: readonly string[]): { execArgv: string[]; args: string[] } {
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && !/^(?:--import|--loader|--require|-r)$/.test(args[index - 1] ?? ''));
  return { execArgv: args.slice(0, at), args: args.slice(at) };
}
