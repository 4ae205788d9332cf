import { describe, expect, it } from 'vitest';
import { program } from './program.js';
import { project } from './project.js';

const sorted = (texts: readonly string[]): string[] => [...texts].sort();
const compilerOptions = { module: 'node16', moduleResolution: 'node16', target: 'es2022', esModuleInterop: true };
const config = { 'tsconfig.json': JSON.stringify({ compilerOptions, 'ts-node': { transpileOnly: true } }) };
const tools = ['ts-node', 'typescript'];
const env = { NODE_NO_WARNINGS: '1' };

const TIMEOUT = 180_000;
const register = `import { register } from 'node:module';\nimport { pathToFileURL } from 'node:url';\nregister('ts-node/esm', pathToFileURL('./'));\n`;

describe('a program in TypeScript under ts-node', () => {
  it.each<[string, 'esm' | 'commonjs', string[]]>([
    ['--loader ts-node/esm', 'esm', ['--loader', 'ts-node/esm', 'main.ts']],
    ['--require ts-node/register', 'commonjs', ['-r', 'ts-node/register', 'main.ts']],
  ])('hands over functions in every way (%s)', { timeout: TIMEOUT }, async (_how, format, args) => {
    const { files, lines } = program({ ending: format === 'esm' ? '.js' : '', format });
    using folder = project({ ...files, ...config }, { type: format === 'esm' ? 'module' : 'commonjs', tools });
    await using running = folder.node(args, { env, timeout: TIMEOUT });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted(lines));
  });

  it.each<[string, 'esm' | 'commonjs', string[], boolean]>([
    ['--import of a module that registers it', 'esm', ['--import', './register.mjs', 'main.ts'], true],
    // It compiles for its own process, and for those that are started with its options: a thread knows nothing of it.
    ['the command ts-node, as CommonJS', 'commonjs', ['node_modules/ts-node/dist/bin.js', 'main.ts'], false],
  ])('hands over functions however it was started: %s', { timeout: TIMEOUT }, async (_how, format, args, threads) => {
    const { files, lines } = program({ ending: format === 'esm' ? '.js' : '', format, brief: true, threads });
    using folder = project({ ...files, ...config, 'register.mjs': register }, { type: format === 'esm' ? 'module' : 'commonjs', tools });
    await using running = folder.node(args, { env, timeout: TIMEOUT });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted(lines));
  });
});
