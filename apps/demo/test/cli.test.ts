import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Comparison } from '../src/compare.js';
import type { RunResult } from '../src/run.js';
import type { CodeMap } from '../src/summarize.js';
import { pressCtrlC, runCodemap, startCodemap } from './support/codemap.js';
import type { Started } from './support/codemap.js';
import { childrenOf, isRunning } from './support/processes.js';
import { tempTree } from './support/temp-tree.js';

const linux = process.platform === 'linux';

interface Summary {
  root: string;
  map: CodeMap;
  run: Omit<RunResult, 'map'>;
  comparison: Comparison | null;
}

/** Enough files for many batches. */
function mixedTree(): string {
  const files: Record<string, string | Uint8Array> = { 'empty.js': '', 'binary.dat': Uint8Array.of(1, 0, 2) };
  for (let i = 0; i < 200; i++) {
    files[`src/f${i}.ts`] = `// file ${i}\n\nexport const name${i % 7} = (value: number) => value + ${i};\n`.repeat(1 + (i % 13));
    files[`lib/g${i}.py`] = `# ${i}\ndef run_${i % 5}(x):\n    return x\n`;
  }
  const root = tempTree(files);
  symlinkSync('nowhere', path.join(root, 'broken'));
  symlinkSync('..', path.join(root, 'src/up'));
  return root;
}

const cleanUps: (() => void | Promise<void>)[] = [];
afterAll(() => Promise.all(cleanUps.map((cleanUp) => cleanUp())));
let slow: string | undefined;
/** Of the tree below: on a quick machine two workers do fifty in a second. */
const SLOW_FILES = 150;

/** Some seconds of work for two workers; one tree for all tests, which only read it. */
function slowTree(): string {
  const source = Array.from(
    { length: 12_000 },
    (_, i) => `export function name${i}(first, second) { return first.map((x) => x + second[${i}]); }`,
  ).join('\n');
  slow ??= tempTree(Object.fromEntries(Array.from({ length: SLOW_FILES }, (_, i) => [`big${i}.js`, source])), (cleanUp) => cleanUps.push(cleanUp));
  return slow;
}

const json = (text: string): Summary => JSON.parse(text) as Summary;

test('the map does not depend on the number of workers, and equals the serial one', async () => {
  const root = mixedTree();
  const cwd = tempTree();
  const compared = await runCodemap([root, '--serial', '--workers', '2', '--json', '--no-report'], cwd);
  expect(compared.code, compared.stderr).toBe(0);
  const { map, comparison, run } = json(compared.stdout);
  expect(comparison).toMatchObject({ equal: true });
  expect(map.totals).toMatchObject({ files: 400, skipped: 4 });
  expect(run).toMatchObject({ mode: 'parallel', workers: 2, partial: false, lostWorkers: [], sharedTotalAgrees: true });
  const three = await runCodemap([root, '--workers', '3', '--json', '--no-report'], cwd);
  expect(three.code, three.stderr).toBe(0);
  expect(json(three.stdout).map).toEqual(map);
});

test('the table goes to stdout and a report to the place asked for, with a lane for each worker', async () => {
  const cwd = tempTree({ 'tree/a.js': 'x;\n' });
  const { code, stdout, stderr } = await runCodemap(['tree', '--workers', '2', '--out', 'map.html'], cwd);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^JavaScript +1 +3 B +1 +1 +0 +0 +1$/m);
  const page = readFileSync(path.join(cwd, 'map.html'), 'utf8');
  expect(page).toContain('"name":"worker 2"');
  expect(existsSync(path.join(cwd, 'report.html'))).toBe(false);
});

test.each([
  [['--workers', '0'], 'whole number from 1'],
  [['--workers', 'two'], 'whole number from 1'],
  [['/nowhere/at/all'], 'cannot map /nowhere/at/all'],
  [['a.js'], 'is not a folder'],
  [['--out', 'no/such/folder/report.html'], 'cannot write the report'],
  [['--serial', '--watch'], 'choose one of them'],
  [['--port', '99999'], 'from 0 to 65535'],
  [['--fast'], "unknown option '--fast'"],
])('%j is refused before anything starts', async (args, message) => {
  const cwd = tempTree({ 'a.js': 'x' });
  const { code, stdout, stderr } = await runCodemap(args, cwd);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('the first Ctrl-C ends the run in good order with a partial report', async () => {
  const cwd = tempTree();
  const { child, ended } = await runAtWork(['--json'], cwd);
  pressCtrlC(child);
  const { code, stdout, stderr } = await ended;
  expect(code, stderr).toBe(130);
  const { map, run } = json(stdout);
  expect(run).toMatchObject({ partial: true, sharedTotalAgrees: true, lostWorkers: [] });
  expect(map.totals.files).toBeGreaterThan(0);
  expect(run.notReached).toBeGreaterThan(0);
  expect(map.totals.files + run.notReached).toBe(SLOW_FILES);
  expect(readFileSync(path.join(cwd, 'report.html'), 'utf8')).toContain('Partial map.');
});

test.skipIf(!linux)('the second Ctrl-C ends at once, without a report, and leaves no worker (looks into /proc)', async () => {
  const cwd = tempTree();
  const { child, ended, stderrMatches, workers } = await runAtWork([], cwd);
  pressCtrlC(child);
  await stderrMatches(/stopping/);
  pressCtrlC(child);
  const { code } = await ended;
  expect(code).toBe(130);
  await expect.poll(() => workers.filter(isRunning)).toEqual([]);
});

test.skipIf(!linux)(
  'a worker that is killed costs nothing: its files go to the others and all totals hold (looks into /proc)',
  async () => {
    // Nearly always the kill finds it at a file; between two of them nobody can say how it ended, and the run is made again.
    for (let how: string | undefined = 'cause not known'; how === 'cause not known'; ) {
      const { ended, workers } = await runAtWork(['--json', '--no-report'], tempTree());
      const victim = workers[0]!;
      process.kill(victim, 'SIGKILL');
      const { code, stdout, stderr } = await ended;
      expect(code, stderr).toBe(0);
      const { map, run } = json(stdout);
      expect(map.totals).toMatchObject({ files: SLOW_FILES, lines: SLOW_FILES * 12_000, skipped: 0 });
      expect(map.identifiers.find(({ name }) => name === 'second')).toEqual({ name: 'second', count: SLOW_FILES * 12_000 * 2 });
      expect(run.sharedTotalAgrees).toBe(true);
      expect(run.lostWorkers.map(({ pid }) => pid)).toEqual([victim]);
      how = run.lostWorkers[0]?.how;
      expect(how).toBeOneOf(['signal SIGKILL', 'cause not known']);
    }
  },
);

test('a file that kills every worker it is given to is lost, and all others are mapped', async () => {
  // More names than a heap of this size has room for.
  const names = Array.from({ length: 150_000 }, (_, i) => `name${i}`).join(';\n');
  const root = tempTree({ 'deadly.js': names, ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`f${i}.js`, 'x;\n'])) });
  const { code, stdout, stderr } = await runCodemap([root, '--workers', '2', '--json', '--no-report'], tempTree(), {
    env: { NODE_OPTIONS: '--max-old-space-size=24' },
  });
  expect(code, stderr).toBe(1);
  const { map, run } = json(stdout);
  expect(map.totals).toMatchObject({ files: 9, lines: 9, skipped: 1 });
  expect(map.skipped).toMatchObject([{ reason: 'lost', count: 1, listed: [{ path: 'deadly.js', detail: expect.stringContaining('two workers died at it') as string }] }]);
  expect(run.lostWorkers).toHaveLength(2);
  expect(run.sharedTotalAgrees).toBe(true);
});

/**
 * A run over `slowTree()` that has counted its first files, with its workers: first the one that has computed most, which is at a file most of the time, as each takes long. On a busy machine a run may be over before that is
 * seen: then it is made again.
 */
async function runAtWork(options: readonly string[], cwd: string): Promise<Started & { readonly workers: readonly number[] }> {
  const ticks = (pid: number): number => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[11]);
  for (;;) {
    const codemap = startCodemap([slowTree(), '--workers', '2', ...options], cwd);
    await codemap.stderrMatches(new RegExp(` [1-9]\\d* of ${SLOW_FILES} files`));
    if (!linux) return { ...codemap, workers: [] };
    const workers = codemap.child.exitCode === null ? childrenOf(codemap.child.pid!).sort((a, b) => ticks(b) - ticks(a)) : [];
    if (workers.length >= 2) return { ...codemap, workers };
    await codemap.ended;
  }
}
