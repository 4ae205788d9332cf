import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runSerial } from '../src/run-serial.js';
import type { Snapshot } from '../src/run.js';
import { tempTree } from './support/temp-tree.js';

test('a tree is mapped with what could not be counted by reason', async () => {
  const root = tempTree({ 'a.js': 'x;\n', 'b/c.py': '# y\n', 'd.bin': Uint8Array.of(0), 'e.txt': '' });
  symlinkSync('nowhere', path.join(root, 'f'));
  let snapshot: (() => Snapshot) | undefined;
  const { map, partial, lanes } = await runSerial(root, { stop: new AbortController().signal, observe: (ask) => (snapshot = ask) });
  expect(map.totals).toMatchObject({ files: 2, lines: 2, code: 1, comment: 1, skipped: 3 });
  expect(map.skipped.map((group) => [group.reason, group.listed[0]!.path])).toEqual([
    ['empty', 'e.txt'],
    ['binary', 'd.bin'],
    ['broken-link', 'f'],
  ]);
  expect(snapshot!()).toMatchObject({ found: 4, foundBytes: 8, walking: false, files: 2, skipped: 2, bytes: 7, lines: 2 });
  expect([partial, lanes[0]!.files]).toEqual([false, 4]);
});

test('a stop leaves a partial map that says how much is missing', async () => {
  const root = tempTree({ 'a.js': 'x;\n', 'b.js': 'y;\n' });
  const { partial, notReached } = await runSerial(root, { stop: AbortSignal.abort(), observe: () => undefined });
  expect([partial, notReached]).toEqual([true, 2]);
});
