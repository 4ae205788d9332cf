import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { walk } from '../src/walk.js';
import { collect } from './support/collect.js';
import { tempTree } from './support/temp-tree.js';

test('files come in code-unit order with their sizes', () => {
  const root = tempTree({ 'b.js': '12', 'a/z.js': '1', 'a/Z.js': '', 'B.js': '123' });
  const files = [...walk(root)].map((event) => ('file' in event ? { path: event.file.path, size: event.file.size } : event.skip));
  expect(files).toEqual([
    { path: 'B.js', size: 3 },
    { path: 'b.js', size: 2 },
    { path: 'a/Z.js', size: 0 },
    { path: 'a/z.js', size: 1 },
  ]);
});

test('a link to an ancestor, links to each other and a link to itself are loops, and end', () => {
  const root = tempTree({ 'a/b/c.js': '1' });
  symlinkSync('..', path.join(root, 'a/b/up'));
  symlinkSync(root, path.join(root, 'a/top'));
  symlinkSync('y', path.join(root, 'x'));
  symlinkSync('x', path.join(root, 'y'));
  symlinkSync('self', path.join(root, 'self'));
  expect(collect(walk(root))).toEqual({
    files: ['a/b/c.js'],
    skips: ['link-loop a/b/up', 'link-loop a/top', 'link-loop self', 'link-loop x', 'link-loop y'],
  });
});

test('a folder or file that is reached twice is mapped once, under its own path', () => {
  const root = tempTree({ 'z/real.js': '1' });
  symlinkSync('z', path.join(root, 'a-folder-link'));
  symlinkSync('z/real.js', path.join(root, 'a-file-link'));
  expect(collect(walk(root))).toEqual({ files: ['z/real.js'], skips: ['linked-again a-file-link', 'linked-again a-folder-link'] });
});

test('links out of the tree are followed, each target once, also from what they lead to', () => {
  const outside = tempTree({ 'lib/one.js': '1', 'far/two.js': '2' });
  symlinkSync(path.join(outside, 'far'), path.join(outside, 'lib/next'));
  symlinkSync(path.join(outside, 'lib'), path.join(outside, 'far/back'));
  const root = tempTree({ 'own.js': '' });
  symlinkSync(path.join(outside, 'lib'), path.join(root, 'l1'));
  symlinkSync(path.join(outside, 'lib'), path.join(root, 'l2'));
  expect(collect(walk(root))).toEqual({
    files: ['own.js', 'l1/one.js', 'l1/next/two.js'],
    skips: ['linked-again l2', 'linked-again l1/next/back'],
  });
});

test('broken links, named pipes and sockets are skipped with their reason', async () => {
  const root = tempTree({ 'ok.js': '1' });
  symlinkSync('gone', path.join(root, 'broken.js'));
  symlinkSync('ok.js/below', path.join(root, 'through-a-file.js'));
  execFileSync('mkfifo', [path.join(root, 'pipe.js')]);
  symlinkSync('pipe.js', path.join(root, 'to-pipe.js'));
  const server = createServer().listen(path.join(root, 'socket.js'));
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  expect(collect(walk(root))).toEqual({
    files: ['ok.js'],
    skips: ['special pipe.js', 'special socket.js', 'broken-link broken.js', 'broken-link through-a-file.js', 'special to-pipe.js'],
  });
});

test('a folder that is gone when its turn comes is skipped and the walk goes on', () => {
  const root = tempTree({ 'a/1.js': '', 'b/2.js': '', 'c/3.js': '' });
  const events = walk(root);
  const first = events.next().value;
  rmSync(path.join(root, 'b'), { recursive: true });
  expect(collect([first!, ...events])).toEqual({ files: ['a/1.js', 'c/3.js'], skips: ['unreadable-folder b'] });
});

test.skipIf(process.getuid?.() === 0)('a folder without permission is skipped (root may read everything)', () => {
  const root = tempTree({ 'b.js': '' });
  mkdirSync(path.join(root, 'closed'));
  chmodSync(path.join(root, 'closed'), 0o000);
  onTestFinished(() => chmodSync(path.join(root, 'closed'), 0o700));
  expect(collect(walk(root))).toEqual({ files: ['b.js'], skips: ['unreadable-folder closed'] });
});

test('a root that is gone is one skip', () => {
  expect(collect(walk('/nowhere/at/all'))).toEqual({ files: [], skips: ['unreadable-folder .'] });
});
