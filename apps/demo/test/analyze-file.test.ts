import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { analyzeFile } from '../src/analyze-file.js';
import { LANGUAGES } from '../src/languages.js';
import { ENORMOUS_BYTES } from '../src/limits.js';
import { tempTree } from './support/temp-tree.js';

test('a file is counted with its language and its bytes', () => {
  const root = tempTree({ 'a.js': '// ä\nlet b = b;\n' });
  const result = analyzeFile(path.join(root, 'a.js'));
  if (!('counts' in result)) throw new Error(`skipped: ${result.skip.reason}`);
  const { language, identifiers, ...counts } = result.counts;
  expect(LANGUAGES[language]!.name).toBe('JavaScript');
  expect([...identifiers]).toEqual([['b', 2]]);
  expect(counts).toEqual({ bytes: 17, code: 1, comment: 1, blank: 0 });
});

test('nothing of a bigger file read before is seen in a smaller one', () => {
  const root = tempTree({ 'big.js': 'x;\n'.repeat(1000), 'small.js': 'y' });
  analyzeFile(path.join(root, 'big.js'));
  expect(analyzeFile(path.join(root, 'small.js'))).toMatchObject({ counts: { bytes: 1, code: 1, identifiers: new Map([['y', 1]]) } });
});

test('empty, binary and enormous files are skipped with their reason', () => {
  const root = tempTree({ 'empty.js': '', 'binary.js': Uint8Array.of(97, 0, 98), 'limit.txt': 'a\n', 'enormous.js': 'a\n' });
  truncateSync(path.join(root, 'enormous.js'), ENORMOUS_BYTES + 1);
  expect(analyzeFile(path.join(root, 'empty.js'))).toEqual({ skip: { reason: 'empty', detail: '' } });
  expect(analyzeFile(path.join(root, 'binary.js'))).toEqual({ skip: { reason: 'binary', detail: 'NUL byte at offset 1' } });
  expect(analyzeFile(path.join(root, 'enormous.js'))).toEqual({
    skip: { reason: 'enormous', detail: `more than ${ENORMOUS_BYTES} bytes` },
  });
});

test('a file of exactly 16 MiB is still counted', () => {
  const root = tempTree({ 'limit.txt': Buffer.alloc(ENORMOUS_BYTES, 'abcdefg\n') });
  expect(analyzeFile(path.join(root, 'limit.txt'))).toMatchObject({ counts: { bytes: ENORMOUS_BYTES, code: ENORMOUS_BYTES / 8 } });
});

test('a missing file, a folder and a named pipe with the name of a source file are skipped without waiting', () => {
  const root = tempTree();
  mkdirSync(path.join(root, 'folder.js'));
  execFileSync('mkfifo', [path.join(root, 'pipe.js')]);
  expect(analyzeFile(path.join(root, 'missing.js'))).toMatchObject({
    skip: { reason: 'unreadable', detail: expect.stringContaining('ENOENT') as string },
  });
  expect(analyzeFile(path.join(root, 'folder.js'))).toMatchObject({ skip: { reason: 'unreadable' } });
  expect(analyzeFile(path.join(root, 'pipe.js'))).toMatchObject({ skip: { reason: 'special' } });
});

test('what the system refuses to read is skipped with what it said', () => {
  // Root reads through permissions, but nobody reads the memory of a process at address 0.
  expect(analyzeFile('/proc/self/mem')).toMatchObject({ skip: { reason: 'unreadable', detail: expect.stringContaining('EIO') as string } });
});
