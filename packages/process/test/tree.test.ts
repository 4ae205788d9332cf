import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { exists, fixture, folder, gone, numbersIn } from './helpers.js';

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

describe('when a parent ends', () => {
  it('by process.exit, it waits for its non-daemonic children', async () => {
    using files = folder();
    await using program = parent('exitWithChild', files.file('done'));
    expect((await program.done).exitCode).toBe(3);
    expect(files.read('done')).toBe('done');
  });

  it('by an uncaught error, too', async () => {
    using files = folder();
    await using program = parent('failWithChild', files.file('done'));
    const { exitCode, stderr } = await program.done;
    expect([exitCode, stderr.includes('the parent fails')]).toEqual([1, true]);
    expect(files.read('done')).toBe('done');
  });

  it('it terminates its daemonic children, also those that ignore it', async () => {
    await using program = parent('exitWithDaemons');
    const daemons = numbersIn(await program.line(/^daemons/));
    expect(daemons.every(exists)).toBe(true);
    expect((await program.done).exitCode).toBe(0);
    expect(daemons.some(exists)).toBe(false);
  });

  it('a daemonic child does not keep it alive, a pending join of one does', async () => {
    await using alone = parent('daemonOnly');
    const [daemon] = numbersIn(await alone.line(/^daemon/)) as [number];
    expect((await alone.succeeded()).exitCode).toBe(0);
    expect(exists(daemon)).toBe(false);
    await using joining = parent('joinDaemon');
    expect((await joining.succeeded()).lines).toContain('joined 0');
  });

  it('a non-daemonic child that nobody joins keeps it alive', async () => {
    using files = folder();
    await using program = parent('notJoined', files.file('done'));
    await program.succeeded();
    expect(files.read('done')).toBe('done');
  });
});
