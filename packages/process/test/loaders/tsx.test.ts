import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from './program.js';
import { project, type Project } from './project.js';

const { files, lines } = program({ ending: '' });
const sorted = (texts: readonly string[]): string[] => [...texts].sort();

let folder: Project;
beforeAll(() => (folder = project(files, { tools: ['tsx'] })));
afterAll(() => folder[Symbol.dispose]());

describe('a program in TypeScript under tsx hands over functions in every way', () => {
  it.each<[string, string[], Record<string, string>]>([
    ['node --import tsx', ['--import', 'tsx', 'main.ts'], {}],
    ['tsx', ['node_modules/tsx/dist/cli.mjs', 'main.ts'], {}],
    ['NODE_OPTIONS', ['main.ts'], { NODE_OPTIONS: '--import tsx' }],
  ])('%s', async (_how, args, env) => {
    await using running = folder.node(args, { env });
    const result = await running.succeeded();
    expect(sorted(result.lines)).toEqual(sorted(lines));
    expect(result.stderr).toBe('');
  });

  it('as CommonJS', async () => {
    const dialect = program({ ending: '', format: 'commonjs' });
    using commonJs = project(dialect.files, { type: 'commonjs', tools: ['tsx'] });
    await using running = commonJs.node(['node_modules/tsx/dist/cli.mjs', 'main.ts']);
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted(dialect.lines));
  });
});
