import { build, type BuildOptions } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { project, type Project } from './project.js';

const MAIN = `import { isMainProcess, Pool, Process, ThreadPool } from '@manycore/process';
import { functionRef, inline, task } from '@manycore/core';
import { hidden, resize } from './inner';
import { report } from './report';

export function inMain(n: number): void {
  report('in main', n, isMainProcess);
}
export const square = (n: number): number => n * n;
export class Crew extends Process {
  n = 0;
  override run(): void {
    report('run', this.n, isMainProcess);
  }
}
export async function nests(n: number): Promise<void> {
  await new Process({ target: inMain, args: [n] }).start().join();
}

async function ended(what: string, child: Process<any>): Promise<void> {
  await child.start().join();
  console.log(\`\${what}: exit \${child.exitCode}\${child.error === null ? '' : ' ' + child.error.message}\`);
}

async function main(): Promise<void> {
  await ended('class', Object.assign(new Crew(), { n: 2 }));
  await ended('nests', new Process({ target: nests, args: [3] }));
  await ended('thread', new Process({ target: inMain, args: [8], startMethod: 'thread' }));
  for (const pool of [new Pool(1), new ThreadPool(1)]) {
    console.log('squares', (await pool.map(square, [1, 2, 3])).join());
    await pool.apply(inline((n: number) => console.log(\`inline \${n}\`)), [4]);
    if (resize !== undefined) {
      await pool.apply(resize, [5]);
      await pool.apply(functionRef<(n: number) => void>(import.meta.url, 'inMain'), [6]);
    }
    await pool.terminate();
  }
  try {
    new Process({ target: hidden, args: [7] });
  } catch (error) {
    console.log((error as Error).name, /functionRef[^]*inline/.test((error as Error).message), /of a bundle: from its entry/.test((error as Error).message));
  }
}

if (isMainProcess) void main();
`;
const FILES = {
  'main.ts': MAIN,
  'report.ts': 'export const report = (what: string, n: number, isMain: boolean): void => console.log(`${what} ${n}, main ${isMain}`);\n',
  'inner.ts': `import { task } from '@manycore/core';
import { report } from './report';
export const hidden = (n: number): void => report('hidden', n, false);
export const resize = task(import.meta, 'resize', (n: number): void => report('resize', n, false));
`,
};
/** For a CommonJS bundle, where \`import.meta\` is empty. */
const WITHOUT_TASK = { ...FILES, 'inner.ts': `import { report } from './report';\nexport const hidden = (n: number): void => report('hidden', n, false);\nexport const resize = undefined as never;\n` };
const LINES = [
  'run 2, main false', 'class: exit 0', 'in main 3, main false', 'nests: exit 0', 'in main 8, main false', 'thread: exit 0', 'squares 1,4,9', 'squares 1,4,9',
  'inline 4', 'inline 4',
];
const WITH_TASK = ['resize 5, main false', 'in main 6, main false', 'resize 5, main false', 'in main 6, main false'];
const REFUSED = ['TargetError true true'];
const sorted = (texts: readonly string[]): string[] => [...texts].sort();

async function bundled({ folder, path }: Project, options: BuildOptions & { outfile: string }): Promise<void> {
  await build({ entryPoints: [path('main.ts')], absWorkingDir: folder, bundle: true, platform: 'node', logLevel: 'error', logOverride: { 'empty-import-meta': 'silent' }, ...options });
}

const external = ['@manycore/*'];

describe('a program bundled into one file by esbuild', { timeout: 180_000 }, () => {
  it.each<[string, string, BuildOptions]>([
    ['manycore left out', 'out.mjs', { format: 'esm', external }],
    ['manycore left out, minified', 'out.mjs', { format: 'esm', external, minify: true }],
    ['manycore in it, too, and installed', 'out.mjs', { format: 'esm' }],
  ])('as an ES module hands over what its entry exports, and every task (%s)', async (_what, outfile, options) => {
    using folder = project(FILES);
    await bundled(folder, { outfile: folder.path(outfile), ...options });
    await using running = folder.node([outfile], { timeout: 180_000 });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted([...LINES, ...WITH_TASK, ...REFUSED]));
  });

  it.each<[string, BuildOptions]>([
    ['manycore left out', { external }],
    ['manycore in it, too, and installed', {}],
  ])('as CommonJS hands over what its entry exports (%s)', async (_what, options) => {
    using folder = project(WITHOUT_TASK);
    await bundled(folder, { outfile: folder.path('out.cjs'), format: 'cjs', ...options });
    await using running = folder.node(['out.cjs'], { timeout: 180_000 });
    expect(sorted((await running.succeeded()).lines)).toEqual(sorted([...LINES, ...REFUSED]));
  });

  it('as CommonJS says what to do about task(import.meta, …)', async () => {
    using folder = project(FILES);
    await bundled(folder, { outfile: folder.path('out.cjs'), format: 'cjs', external });
    await using running = folder.node(['out.cjs']);
    expect((await running.done).stderr).toMatch(/TypeError: task\(import\.meta, "resize", …\).*empty in a CommonJS bundle/);
  });

  it.each(['esm', 'cjs'] as const)('with manycore in it, and not installed, fails with an error that says so (%s)', async (format) => {
    using source = project(WITHOUT_TASK);
    using target = project({}, { manycore: [] });
    await bundled(source, { outfile: target.path('out.js'), format });
    target.write({ 'package.json': JSON.stringify({ type: format === 'esm' ? 'module' : 'commonjs' }) });
    await using running = target.node(['out.js']);
    const { exitCode, stderr } = await running.done;
    expect(stderr).toMatch(/leave manycore out of it \(esbuild: --external:manycore --external:@manycore\/\*\)/);
    expect(exitCode).toBe(1);
  });

  it('with two tasks of one name in it keeps them apart', async () => {
    const task = (n: number): string => `import { task } from '@manycore/core';\nexport const work = task(import.meta, 'work', () => console.log('work ${n}'));\n`;
    const main = `import { isMainProcess, Process } from '@manycore/process';
import { work as one } from './one';
import { work as two } from './two';
if (isMainProcess) for (const target of [one, two]) await new Process({ target }).start().join();
`;
    using folder = project({ 'main.ts': main, 'one.ts': task(1), 'two.ts': task(2) });
    await bundled(folder, { outfile: folder.path('out.mjs'), format: 'esm', external });
    await using running = folder.node(['out.mjs']);
    expect((await running.succeeded()).lines).toEqual(['work 1', 'work 2']);
  });
});
