import { describe, expect, it } from 'vitest';
import { program } from './program.js';
import { project } from './project.js';

const sorted = (texts: readonly string[]): string[] => [...texts].sort();
const strips = Boolean((process.features as { typescript?: unknown }).typescript);

/** A program in JavaScript whose target is in TypeScript, and what came of it. */
const starts = (file: string): Record<string, string> => ({
  'main.mjs': `import { Process } from '@manycore/process';
import { functionRef } from '@manycore/core';
const child = new Process({ target: functionRef(new URL('./${file}', import.meta.url), 'work'), args: [{ n: 1 }], stdio: ['ignore', 'inherit', 'ignore'] });
await child.start().join();
console.log(\`exit \${child.exitCode} \${child.error?.name}: \${child.error?.message}\`);
`,
});
const WORK = `export function work({ n }: { n: number }): void {\n  console.log(\`work \${n}\`);\n}\n`;

// Node has it since 22.18.
describe.skipIf(!strips)('a program in TypeScript under the type stripping of Node', () => {
  it.each(['module', 'none'] as const)('hands over functions in every way (type: %s)', { timeout: 180_000 }, async (type) => {
    const { files, lines } = program({ ending: '.ts', compiles: false });
    using folder = project(files, { type });
    await using running = folder.node(['main.ts'], { env: { NODE_NO_WARNINGS: '1' }, timeout: 180_000 });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted(lines));
  });

  it.each<[string, Record<string, string>]>([
    ['an enum', { 'work.ts': `export enum Kind { A }\n${WORK}` }],
    ['an import without extension', { 'work.ts': `import { x } from './x';\nexport const y = x;\n${WORK}`, 'x.ts': 'export const x = 1;' }],
    ['an imported type without `type`', { 'work.ts': `import { X } from './x.ts';\nexport const y: X = 1;\n${WORK}`, 'x.ts': 'export type X = number;' }],
  ])('says what to do about %s', async (_what, files) => {
    using folder = project({ ...starts('work.ts'), ...files });
    await using running = folder.node(['main.mjs']);
    const { lines } = await running.succeeded();
    expect(lines.join()).toMatch(/^exit 1 TargetError: cannot (?:load|import) .*work\.ts, the module of work\(\).*Node by itself only strips types.*--import', 'tsx'/);
  });
});

// Node from 22.18 on needs no loader.
describe.skipIf(strips)('a target in TypeScript in a Node that cannot load it', () => {
  it('is loaded through tsx when the project has that', async () => {
    using folder = project({ ...starts('work.ts'), 'work.ts': `export enum Kind { A }\n${WORK}` }, { tools: ['tsx'] });
    await using running = folder.node(['main.mjs']);
    expect((await running.succeeded()).lines).toEqual(['work 1', 'exit 0 undefined: undefined']);
  });

  it('fails with an error that says what to do when it has not', async () => {
    using folder = project({ ...starts('work.ts'), 'work.ts': WORK });
    await using running = folder.node(['main.mjs']);
    const { lines } = await running.succeeded();
    expect(lines.join()).toMatch(/^exit 1 TargetError: cannot import .*work\.ts, the module of work\(\).*It is TypeScript, which this Node \(v20\.[\d.]+\) cannot load: install tsx/);
  });
});
