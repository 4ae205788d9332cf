import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { native } from '@manycore/core/internal';
import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const fixture = (name: string): URL => new URL(`./fixtures/${name}`, import.meta.url);
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
    expect([native().version, createHash('sha256').update(names).digest('hex').slice(0, 16)]).toEqual([2, '05a53871f2b05af6']);
  });
});
