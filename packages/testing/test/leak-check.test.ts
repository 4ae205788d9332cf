import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SHORT, leakCheck, spawnFixture, until } from '../src/index.js';
import { killTree } from '../src/proc/kill-tree.js';
import { ownTree } from '../src/proc/own-tree.js';
import { findLeaks, takeSnapshot, type Snapshot } from '../src/leaks.js';

const here = fileURLToPath(import.meta.url);

describe('leakCheck', () => {
  it('passes when everything was given back, and waits for what is on its way', async () => {
    const leaks = leakCheck();
    const child = spawn('sleep', ['0.2'], { stdio: 'pipe' });
    const fd = openSync(here, 'r');
    setTimeout(() => closeSync(fd), SHORT);
    await leaks.settle();
    expect(child.exitCode).toBe(0);
  });

  it('finds a leaked child', async () => {
    const leaks = leakCheck();
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await expect(leaks.settle(SHORT)).rejects.toMatchObject({
      code: 'ERR_MANYCORE_TESTING_LEAK',
      message: expect.stringContaining(`process: pid ${child.pid}, state S: sleep 1000`),
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await leaks.settle();
  });

  it('finds a grandchild whose parent has ended', async () => {
    const leaks = leakCheck();
    const shell = spawn('sh', ['-c', 'sleep 1000 >/dev/null 2>&1 & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [text] = (await once(shell.stdout, 'data')) as [Buffer];
    if (shell.exitCode === null) await once(shell, 'exit');
    await expect(leaks.settle(SHORT)).rejects.toThrow(`process: pid ${String(text).trim()}, state S: sleep 1000`);
    await killTree(ownTree(), false);
    await leaks.settle();
  });

  it('finds a leaked file descriptor and says what it points at', async () => {
    const leaks = leakCheck();
    const fd = openSync(here, 'r');
    await expect(leaks.settle(SHORT)).rejects.toThrow(`descriptor: 1 of ${here}, 0 before; new: ${fd} -> ${here}`);
    closeSync(fd);
    await leaks.settle();
  });

  it('finds an open server', async () => {
    const leaks = leakCheck();
    const server = createServer().listen(0);
    await once(server, 'listening');
    await expect(leaks.settle(SHORT)).rejects.toThrow(/descriptor: \d+ of socket[^]*event loop: 1 TCPServerWrap, 0 before/);
    server.close();
    await leaks.settle();
  });

  it('finds a timer that still runs', async () => {
    // In a process of its own: the test runner has timers too, which come and go.
    await using fixture = spawnFixture(new URL('./fixtures/leave-timer.ts', import.meta.url));
    const { lines } = await fixture.succeeded();
    // The loader that runs the fixture may still be closing its cache.
    expect(lines.filter((line) => !line.includes('/tsx-'))).toEqual(['leakCheck: left behind:', '  event loop: 1 Timeout, 0 before', 'clean']);
  });

  it.each([{ folder: '/dev/shm' }, { folder: tmpdir() }])('finds a file of ours in $folder', async ({ folder }) => {
    const leaks = leakCheck();
    const path = join(folder, `manycore-leak-check-${process.pid}`);
    writeFileSync(path, '');
    await expect(leaks.settle(SHORT)).rejects.toThrow(`file: ${path}`);
    rmSync(path);
    await leaks.settle();
  });

  it('does not blame this process for a file that a process outside its tree uses', async () => {
    const path = join(tmpdir(), `manycore-foreign-${process.pid}`);
    // Started with an environment of its own and adopted by init, the holder carries no mark: it is a stranger.
    const leaks = leakCheck();
    const shell = spawn('sh', ['-c', `sleep 1000 >/dev/null 2>&1 9>${path} & echo $!`], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [text] = (await once(shell.stdout, 'data')) as [Buffer];
    if (shell.exitCode === null) await once(shell, 'exit');
    const stranger = Number(String(text));
    await leaks.settle();
    process.kill(stranger, 'SIGKILL');
    await expect(
      until(() => findLeaks(emptyOf(takeSnapshot()), takeSnapshot()).includes(`file: ${path}`), { what: "the file is nobody else's" }),
    ).resolves.toBe(true);
    await expect(leaks.settle(SHORT)).rejects.toThrow(`file: ${path}`);
    rmSync(path);
  });

  it('counts mappings of our memory files', () => {
    const before = takeSnapshot();
    expect(findLeaks(before, { ...before, mappings: before.mappings + 2 })).toEqual([
      'memory: 2 more mappings of memfd:manycore than before',
    ]);
  });
});

const emptyOf = (snapshot: Snapshot): Snapshot => ({ ...snapshot, files: new Set() });
