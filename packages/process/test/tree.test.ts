import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { fixture, folder, gone, numbersIn } from './helpers.js';

const parent = (...args: string[]): ReturnType<typeof spawnFixture> => spawnFixture(fixture('parent.mjs'), { args });

describe('when a parent is killed', () => {
  it.each(['sleep', 'spin', 'block', 'ignoreTerm'])('the whole tree below it ends, the last of it in %s', async (target) => {
    await using program = parent('tree', target);
    const [child] = numbersIn(await program.line(/^child/)) as [number];
    const first = numbersIn(await program.line(/^Process-1 \d+ started/)).at(-1)!;
    const second = numbersIn(await program.line(/^Process-1:1 \d+ started/)).at(-1)!;
    if (target === 'ignoreTerm') await program.line('ready');
    program.kill('SIGKILL');
    await gone(child, first, second);
    await program.done;
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)('by %s the same', async (signal) => {
    await using program = parent('one', 'spin');
    const [child] = numbersIn(await program.line(/^child/)) as [number];
    program.kill(signal);
    const { signal: endedBy } = await program.done;
    expect(endedBy).toBe(signal);
    await gone(child);
  });

  it('a child can wait for it, and has a moment for its end', async () => {
    await using program = parent('parentOfParentJoin');
    const [child] = numbersIn(await program.line(/^child/)) as [number];
    await program.line('waiting true');
    program.kill('SIGKILL');
    expect(await program.line(/^parent ended/)).toBe('parent ended false');
    await gone(child);
  });
});

// Its other ends, over all start methods: process.conformance.test.ts.
describe('when a parent ends', () => {
  it('by an uncaught error, it waits for its non-daemonic children', async () => {
    using files = folder();
    await using program = parent('failWithChild', files.file('done'));
    const { exitCode, stderr } = await program.done;
    expect([exitCode, stderr.includes('the parent fails')]).toEqual([1, true]);
    expect(files.read('done')).toBe('done');
  });
});
