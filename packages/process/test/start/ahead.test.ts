/** A process that is made before it is known what it is to do: the worker of a pool, which boots while the pool prepares the rest. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { nativeFile, session } from '@manycore/core/internal';
import { getContext } from '@manycore/process';
import { spawnFixture, until } from '@manycore/testing';
import { describe, expect, it, vi } from 'vitest';
import { entryFile } from '../../src/entry-url.js';
import { pid } from '../fixtures/pool-tasks.mjs';
import { exists, fixture, textOf } from '../helpers.js';

describe('a process that waits for its ticket', () => {
  const isBlocked = (pid: number): boolean => readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith('0 0x3 ');

  it('ends when its parent is gone', async () => {
    const child = spawn(process.execPath, [entryFile('child.cjs'), 'later', nativeFile()!], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', session().inheritance.fd] });
    const [ended, said] = [once(child, 'exit'), textOf(child.stderr)];
    await until(() => isBlocked(child.pid!), { what: 'it waits' });
    (child.stdio[3] as Writable).destroy();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await said).toBe('');
  });

  it.each(['spawn', 'forkserver'] as const)('may be killed before it has it: the pool replaces it (%s)', async (startMethod) => {
    const builtin = process.getBuiltinModule('node:child_process');
    const original = builtin.spawn;
    let killed = 0;
    using spy = vi.spyOn(builtin, 'spawn').mockImplementation(((...call: Parameters<typeof spawn>) => {
      const child = original(...call);
      killed = child.pid!;
      process.kill(killed, 'SIGKILL');
      while (exists(killed));
      return child;
    }) as typeof spawn);
    await using pool = new (getContext(startMethod).Pool)(1);
    spy.mockRestore();
    expect(killed).toBeGreaterThan(0);
    expect(await pool.apply(pid)).not.toBe(killed);
  });

  it('does not outlive a pool for which there is no memory', async () => {
    await using child = spawnFixture(fixture('no-memory-for-a-pool.mjs'));
    expect((await child.succeeded()).lines).toEqual(['OutOfMemoryError', 'none left']);
  });
});
