import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LONG, spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { ProgramFolder } from './without-types.js';

const page = readFileSync(new URL('../../docs/from-python.md', import.meta.url), 'utf8');

/** The interpreter itself: version managers put a script in its place, which is slower than most of the programs. */
const PYTHON = ((): string | undefined => {
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.executable if sys.version_info >= (3, 11) else "")'], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
})();

interface Block {
  /** Line of the page, and name of the program. */
  readonly line: number;
  readonly code: string;
}

function blocksOf(language: string): Block[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(({ 1: code, index }) => ({ line: page.slice(0, index).split('\n').length, code: code as string }));
}

/** What the lines of a program say that they print, in this order. */
const promised = (code: string): string[] => [...code.matchAll(/(?:console\.log|print)\(.*\)+;? +(?:\/\/|#) (.+)$/gm)].map((match) => match[1] as string);

/** What programs printed that ran one after the other, each after a line with its mark. */
function outputs(blocks: readonly Block[], stdout: string): Map<number, string[]> {
  const [, ...parts] = stdout.split(/^== /m);
  return new Map(parts.map((part, i) => [blocks[i]!.line, part.split('\n').slice(1)]));
}

function expectPromised(blocks: readonly Block[], stdout: string): void {
  const printed = outputs(blocks, stdout);
  for (const { line, code } of blocks) {
    const said = promised(code);
    expect({ line, lines: printed.get(line)?.filter((text) => said.includes(text)) }).toEqual({ line, lines: said });
  }
}

/** The same in both languages: without spaces, quotes, and what a list, nothing and truth look like. */
const plain = (text: string): string => text.toLowerCase().replace(/[\s'"]/g, '').replace(/[()]/g, (bracket) => (bracket === '(' ? '[' : ']')).replace(/none|null/g, '-').replace(/\.0\b/g, '');

describe('docs/from-python.md', () => {
  const [ts, python] = [blocksOf('ts'), blocksOf('python')];

  // One main program for all: each example is a module that it imports.
  it('every program of manycore prints what it says', { timeout: 4 * LONG }, async () => {
    using folder = new ProgramFolder();
    const names = ts.map(({ line, code }) => (folder.add(`line-${line}`, code), `line-${line}`));
    const main = folder.add('main', names.map((name) => `console.log('== ${name}');\nawait import('./${name}.js');`).join('\n'));
    await using program = spawnFixture(main, { timeout: 4 * LONG });
    const { stdout, stderr } = await program.succeeded();
    expect(stderr).toBe('');
    expectPromised(ts, stdout);
  });

  it.skipIf(PYTHON === undefined)('every program of Python prints what it says', { timeout: 4 * LONG }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'from-python-'));
    try {
      for (const { line, code } of python) writeFileSync(join(folder, `line_${line}.py`), code);
      const all = python.map(({ line }) => `cd '${folder}' && echo '== ${line}' && '${PYTHON}' line_${line}.py 2> errors || { cat errors >&2; exit 1; }`).join('\n');
      expectPromised(python, execFileSync('sh', ['-c', all], { encoding: 'utf8' }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('both print the same', () => {
    for (const { line, code } of python) {
      const next = ts.find((block) => block.line > line)!;
      const [ours, theirs] = [promised(next.code).map(plain), promised(code).map(plain)];
      for (const [i, text] of theirs.entries()) expect({ line: next.line, text: ours[i]?.startsWith(text) ? text : ours[i] }).toEqual({ line: next.line, text });
    }
  });
});
