import { describe, expect, it } from 'vitest';
import { program } from './program.js';
import { project } from './project.js';

const sorted = (texts: readonly string[]): string[] => [...texts].sort();
const CLI = 'node_modules/tsx/dist/cli.mjs';
const TIMEOUT = 180_000;

describe('a program in TypeScript under tsx', () => {
  it('hands over functions in every way', { timeout: TIMEOUT }, async () => {
    const { files, lines } = program({ ending: '' });
    using folder = project(files, { tools: ['tsx'] });
    await using running = folder.node(['--import', 'tsx', 'main.ts'], { timeout: TIMEOUT });
    const result = await running.succeeded();
    expect(sorted(result.lines)).toEqual(sorted(lines));
    expect(result.stderr).toBe('');
  });

  it.each<[string, string[], Record<string, string>, 'esm' | 'commonjs']>([
    ['the command tsx', [CLI, 'main.ts'], {}, 'esm'],
    ['NODE_OPTIONS', ['main.ts'], { NODE_OPTIONS: '--import tsx' }, 'esm'],
    ['the command tsx, as CommonJS', [CLI, 'main.ts'], {}, 'commonjs'],
    ['--require tsx/cjs, as CommonJS', ['-r', 'tsx/cjs', 'main.ts'], {}, 'commonjs'],
  ])('hands over functions however it was started: %s', { timeout: TIMEOUT }, async (_how, args, env, format) => {
    const { files, lines } = program({ ending: '', format, brief: true });
    using folder = project(files, { type: format === 'esm' ? 'module' : 'commonjs', tools: ['tsx'] });
    await using running = folder.node(args, { env, timeout: TIMEOUT });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted(lines));
  });
});
