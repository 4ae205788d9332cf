import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { native } from '@manycore/core/internal';
import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const fixture = (name: string): URL => new URL(`./fixtures/${name}`, import.meta.url);
const ESRCH = 3;
const EINVAL = 22;
const STALE = fileURLToPath(fixture('stale-addon.cjs'));

describe('the addon', () => {
  it.each([['none', 'has no number'], ['0', 'has number 0'], ['999', 'has number 999']])('of another version is refused with an error that says what to do (%s)', async (version, what) => {
    await using running = spawnFixture(fixture('uses-addon.mjs'), { execArgv: ['--require', STALE], env: { STALE_VERSION: version } });
    const { lines } = await running.succeeded();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^NativeError ERR_MANYCORE_NATIVE manycore: \/.*\/manycore\.node belongs to another version of @manycore\/core/);
    expect(lines[0]).toContain(what);
    expect(lines[0]).toMatch(/build it, or install @manycore\/core, again.*npx --yes pnpm@10 build/);
  });

  it('has a new version when what it offers has changed', () => {
    const names = Object.keys(native()).sort().join();
    // When this fails: raise MC_INTERFACE_VERSION in native/include/manycore.h and VERSION in src/native.ts, and note both here.
    expect([native().version, createHash('sha256').update(names).digest('hex').slice(0, 16)]).toEqual([3, '6dd21deb38dc8c55']);
  });

  it('has a process that sleeps wake on other CPUs than the caller’s, unless there is none', async () => {
    await using sleeping = spawnFixture(fixture('sleeps.mjs'));
    await sleeping.line('sleeping');
    const addon = native();
    const pid = sleeping.pid;
    const own = addon.affinity() as number[];
    const cpus = (): number[] => listed(/^Cpus_allowed_list:\s+(.*)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!);
    expect(cpus()).toEqual(own);
    try {
      addon.setAffinity(own.slice(0, 1));
      const rest = own.slice(1);
      expect(addon.wakeElsewhere(pid)).toBe(rest.length === 0 ? -EINVAL : 0);
      expect(cpus()).toEqual(rest.length === 0 ? own : rest);
      if (rest.length > 0) addon.setAffinity(rest.slice(0, 1));
      expect(addon.wakeElsewhere(pid)).toBe(rest.length > 1 ? 0 : -EINVAL);
      if (rest.length < 2) expect(cpus()).toEqual(rest.length === 0 ? own : rest);
    } finally {
      addon.setAffinity(own);
    }
    expect(addon.wakeElsewhere(2 ** 22 + 1)).toBe(-ESRCH);
  });
});

/** `0-2,5` as numbers. */
const listed = (text: string): number[] =>
  text.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
