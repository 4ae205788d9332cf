import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { sharedBuffer } from '@manycore/core';
import { native } from '@manycore/core/internal';
import { getContext, processCpuCount, setForkserverPreload } from '@manycore/process';
import { SHORT, spawnFixture, until } from '@manycore/testing';
import { afterEach, describe, expect, it } from 'vitest';
import * as plain from './fixtures/plain.mjs';
import * as tasks from './fixtures/tasks.mjs';
import { exists, fixture, folder, gone } from './helpers.js';

const { Pool, Process } = getContext('forkserver');

/** Children of this process by what the kernel knows. */
const childPids = (): number[] => {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return pids === '' ? [] : pids.split(' ').map(Number).filter(exists);
};

/** A blocked standby waits for its ticket in `read`: it is ready. */
const isReady = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/wchan`, 'utf8') !== '0' && readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith('0 0x3 ');
  } catch {
    return false;
  }
};

async function standby(): Promise<number> {
  for (let i = 0; i < 2; i++) await new Process({ target: tasks.nothing }).start().join();
  await until(() => childPids().some(isReady), { what: 'a standby is ready' });
  return childPids().find(isReady)!;
}

/** Stopped as soon as it is there: most likely before it has imported anything. */
async function stoppedStandby(): Promise<number> {
  setForkserverPreload([]);
  await until(() => childPids().length === 0, { what: 'no standby is left' });
  await new Process({ target: tasks.nothing }).start().join();
  await until(() => childPids().length > 0, { what: 'a standby is booted' });
  const pid = childPids()[0]!;
  process.kill(pid, 'SIGSTOP');
  return pid;
}

afterEach(() => setForkserverPreload([]));

describe('standbys', () => {
  it('come with the second start, and not before', async () => {
    await using program = spawnFixture(fixture('standbys.mjs'));
    const { lines } = await program.succeeded();
    expect(lines).toEqual(['after the first: 0', 'after the second: 1', 'taken: true']);
  });

  it('become the child under their own pid', async () => {
    const pid = await standby();
    const child = new Process({ target: tasks.exit, args: [9] }).start();
    expect(child.pid).toBe(pid);
    child.joinSync();
    expect(child.exitCode).toBe(9);
  });

  it('that a pool roused for its worker have all CPUs of this process again', async () => {
    using files = folder();
    await standby();
    // A busy machine may have two.
    const before = childPids();
    await using pool = new Pool(1);
    await pool.apply(tasks.cpus, [files.file('cpus')]);
    expect(before).toContain(pool.stats().workers[0]!.pid);
    expect(JSON.parse(files.read('cpus'))).toEqual({ count: processCpuCount() });
  });

  it('that still boot are taken, too, and import nothing ahead then', async () => {
    await standby();
    const codes: (number | null)[] = [];
    const isAsToldEarly = async (): Promise<boolean> => {
      const pid = await stoppedStandby();
      const child = new Process({ target: plain.tellCore, args: [1, 2] }).start();
      expect(child.pid).toBe(pid);
      process.kill(pid, 'SIGCONT');
      child.joinSync();
      codes.push(child.exitCode);
      return child.exitCode === 2;
    };
    await until(isAsToldEarly, { what: 'one was stopped in time' });
    // The others had imported core.
    expect(codes.slice(0, -1).filter((code) => code !== 102)).toEqual([]);
  });

  it('that died are not used, and their death is nobody else’s', async () => {
    const pid = await standby();
    process.kill(pid, 'SIGKILL');
    // The event loop, which would be told of it, does not come round.
    while (native().waitProcess(pid, SHORT) === 0);
    const child = new Process({ target: tasks.exit, args: [4] }).start();
    expect(child.pid).not.toBe(pid);
    child.joinSync();
    expect(child.exitCode).toBe(4);
  });

  it('are ended when others are to be preloaded', async () => {
    const pid = await standby();
    setForkserverPreload([]);
    await gone(pid);
  });

  it('are not used by a child that is to be otherwise, and such a child is as it is to be', async () => {
    using files = folder();
    await standby();
    for (const options of [
      { env: { ...process.env, SOMETHING: 'else' } },
      { execArgv: ['--no-warnings'] },
      { stdio: 'pipe' as const },
      { affinity: [0] },
      { resourceLimits: { maxOldGenerationSizeMb: 300 } },
    ]) {
      const before = childPids();
      const child = new Process({ target: tasks.tell, args: [files.file('seen')], ...options }).start();
      await child.join();
      expect(before).not.toContain(child.pid);
      const seen = JSON.parse(files.read('seen'));
      if (options.env !== undefined) expect(seen.env.SOMETHING).toBe('else');
      if (options.execArgv !== undefined) expect(seen.execArgv).toEqual(options.execArgv);
    }
    // They were there all the time.
    const before = childPids();
    const usual = new Process({ target: tasks.nothing }).start();
    expect(before).toContain(usual.pid);
    await usual.join();
  });

  it('are not used once the environment or the folder has changed', async () => {
    using files = folder();
    await standby();
    process.env['MANYCORE_TEST_LATER'] = 'yes';
    try {
      await new Process({ target: tasks.tellVariable, args: [files.file('seen'), 'MANYCORE_TEST_LATER'] }).start().join();
    } finally {
      delete process.env['MANYCORE_TEST_LATER'];
    }
    expect(files.read('seen')).toBe('yes');
  });

  it('reach the target soon', async () => {
    await standby();
    const times = new Float64Array(sharedBuffer(8).buffer, 0, 1);
    const child = new Process({ target: tasks.stamp, args: [times] as never });
    const before = performance.timeOrigin + performance.now();
    child.start();
    await child.join();
    expect(times[0]).toBeGreaterThan(before);
  });
});

describe('preloading', () => {
  it('imports by URL, path and name, as no main program, in which no process can be started, and passes over what cannot be imported', async () => {
    await using program = spawnFixture(fixture('preloads.mjs'), { cwd: fixture('') });
    const { lines, stderr } = await program.succeeded();
    expect(lines.filter((line) => line !== '')).toEqual(['preloaded: url, path; core true; main false; start BootstrappingError; name then: Process-3']);
    expect(stderr.match(/no-such-module.*cannot be imported ahead/g)).toHaveLength(1);
  });

  it('of a module that ends the process is given up, and starts go on', async () => {
    setForkserverPreload([pathToFileURL(fixture('exits-on-load.mjs'))]);
    for (let i = 0; i < 8; i++) {
      const child = new Process({ target: tasks.exit, args: [i] }).start();
      await child.join();
      expect(child.exitCode).toBe(i);
    }
    await until(() => childPids().length === 0, { what: 'no standby is made any more' });
  });
});
