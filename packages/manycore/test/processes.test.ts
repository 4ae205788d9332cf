import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

/** What a program prints, as lines; it must end by itself with exit code 0 and say nothing on stderr. */
async function run(name: string, options: { env?: NodeJS.ProcessEnv; execArgv?: string[] } = {}): Promise<string[]> {
  const fixture = spawnFixture(new URL(`./fixtures/${name}.mjs`, import.meta.url), options);
  await fixture.succeeded();
  const { stdout, stderr } = await fixture.done;
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe('a queue between processes', () => {
  it('carries every item once and in order, for producers and consumers of both kinds', async () => {
    const [line] = await run('two-by-two');
    const { seen, codes } = JSON.parse(line as string) as { seen: Record<string, { count: number; sum: number; inOrder: boolean }>[]; codes: number[] };
    expect(codes).toEqual([0, 0, 0, 0]);
    for (const name of ['produce', 'produceAsync']) {
      const parts = seen.map((part) => part[name] ?? { count: 0, sum: 0, inOrder: true });
      expect(parts.every(({ inOrder }) => inOrder)).toBe(true);
      expect(parts.reduce((count, part) => count + part.count, 0)).toBe(5_000);
      expect(parts.reduce((sum, part) => sum + part.sum, 0)).toBe((5_000 * 4_999) / 2);
    }
  });

  it('keeps what was put when its producer has ended or was killed, and joining first does not deadlock', async () => {
    expect(await run('join-before-drain')).toEqual(['0 100', '-9 100']);
  });
});

describe('a lock between processes', () => {
  it('passes on when its holder is killed or forgets it, and says who that was', async () => {
    expect(await run('killed-holder')).toEqual([
      'promise true Holder true',
      'blocked true Holder true',
      'event loop of another child Holder',
      'ended 0 true Forgetful',
    ]);
  });

  it('with detectDeadlock refuses one member of a ring of processes and names them all; without it lockGraph shows the ring', async () => {
    expect(await run('deadlock')).toEqual([
      '2 1 true ERR_MANYCORE_DEADLOCK P0,P1 true false',
      '3 1 true ERR_MANYCORE_DEADLOCK P0,P1,P2 true false',
      'graph P0,P1 true',
      'P0 < P1 blocked, P1 < P0 blocked',
      'true 1 0',
    ]);
  });

  it('excludes: a plain counter under it is exact', async () => {
    expect(await run('counts-under-lock')).toEqual(['66000 false null']);
  });
});

describe('a program', () => {
  it('uses no CPU while promises wait', async () => {
    const [line] = await run('idle');
    const { childMs, ownMs } = JSON.parse(line as string) as { childMs: number; ownMs: number };
    // The clock tick of /proc is 10 ms; a loop that polls every 50 ms would use more than 30.
    expect(childMs).toBeLessThanOrEqual(10);
    expect(ownMs).toBeLessThanOrEqual(15);
  });

  it('ends by itself when its work is done, whatever it left open', async () => {
    expect(await run('ends-by-itself')).toEqual(['done']);
  });

  it('gets OutOfMemoryError at the budget, with nothing half done, and goes on when there is room', async () => {
    expect(await run('budget')).toEqual(['true true true true', 'ERR_MANYCORE_OUT_OF_MEMORY', '1048576 true']);
  });
});
