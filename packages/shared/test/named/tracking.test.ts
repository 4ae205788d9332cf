/** Tracked segments: removed when the last process of the tree is gone, however it went, and not before. */
import { existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until, withSeed } from '@manycore/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { exists, freshName, segments } from './names.js';
import { openFiles, TrackedTree, trackersOf } from './tracked-tree.js';

const gone = (...names: string[]): Promise<unknown> => until(() => names.every((name) => !exists(name)), { what: `${names.join(', ')} to be removed` });
const removed = (name: string): void => unlinkSync(`/dev/shm/${name}`);

/** A sample of the moments at which a process can be killed; each run has others. */
const KILLS = 5;

afterEach(async () => {
  await until(() => segments().length === 0, { what: 'all segments of the test to be removed' });
});

describe('a tracked segment', () => {
  it.each(['end', 'exit'])('is removed at the normal end, by %s, with those of children; others stay', async (how) => {
    await using tree = new TrackedTree();
    const [own, list, childs, untracked] = [freshName(), freshName(), freshName(), freshName()];
    await tree.ask('create', { name: own });
    await tree.ask('list', { name: list });
    await tree.ask('crowd', { names: [childs] });
    await tree.ask('create', { name: untracked, track: false });
    expect([own, list, childs, untracked].map(exists)).toEqual([true, true, true, true]);
    tree.tell(how, { code: 3 });
    expect((await tree.fixture.done).exitCode).toBe(how === 'exit' ? 3 : 0);
    await gone(own, list, childs);
    expect(exists(untracked)).toBe(true);
    removed(untracked);
  });

  it('is removed when every process of the tree is killed', async () => {
    await using tree = new TrackedTree();
    const names = [freshName(), freshName(), freshName()];
    await tree.ask('create', { name: names[0] });
    const pids = [await tree.ask<number>('child', { name: names[1] }), await tree.ask<number>('child', { name: names[2] }), tree.fixture.pid];
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await gone(...names);
  });

  it('is removed when the root alone is killed, and takes its tree along', async () => {
    await using tree = new TrackedTree();
    const names = [freshName(), freshName()];
    await tree.ask('create', { name: names[0] });
    await tree.ask('child', { name: names[1] });
    tree.fixture.kill('SIGKILL');
    await gone(...names);
  });

  it('stays while others live when its maker is killed, and so do those of a thread that ended', async () => {
    await using tree = new TrackedTree();
    const [childs, threads] = [freshName(), freshName()];
    await tree.ask('child', { name: childs });
    await tree.ask('thread', { name: threads });
    const tracker = await tree.tracker();
    expect(await tree.ask('killChild')).toBe(-9);
    await tree.ask('attach', { name: childs });
    await tree.ask('attach', { name: threads });
    expect(await tree.trackers()).toEqual([tracker]);
    tree.tell('end');
    await gone(childs, threads);
  });

  it('of a thread stays when no other thread has used shared memory, and the process lives', async () => {
    await using tree = new TrackedTree();
    const name = freshName();
    await tree.ask('thread', { name });
    // This makes the session's second member, in the process of the first.
    const tracker = await tree.tracker();
    await tree.ask('attach', { name });
    expect(await tree.trackers()).toEqual([tracker]);
    tree.tell('end');
    await gone(name);
  });

  it('is forgotten when it is unlinked: a file of others that has its name then stays', async () => {
    await using tree = new TrackedTree();
    const [unlinked, taken] = [freshName(), freshName()];
    await tree.ask('create', { name: unlinked });
    await tree.ask('create', { name: taken });
    await tree.ask('unlink', { name: unlinked });
    removed(taken);
    for (const name of [unlinked, taken]) writeFileSync(`/dev/shm/${name}`, 'of somebody else');
    const tracker = await tree.tracker();
    tree.tell('end');
    await tree.fixture.done;
    await until(() => !existsSync(`/proc/${tracker}`), { what: 'the tracker to end' });
    for (const name of [unlinked, taken]) {
      expect(readFileSync(`/dev/shm/${name}`, 'utf8')).toBe('of somebody else');
      removed(name);
    }
  });

  it('is one that was attached to with track: true, and no other attached one', async () => {
    await using tree = new TrackedTree();
    const [asked, foreign] = [freshName(), freshName()];
    for (const name of [asked, foreign]) writeFileSync(`/dev/shm/${name}`, 'foreign');
    await tree.ask('attach', { name: foreign });
    expect(await tree.trackers()).toEqual([]);
    await tree.ask('attach', { name: asked, track: true });
    await tree.ask('attach', { name: asked, track: true });
    await tree.tracker();
    tree.tell('end');
    await gone(asked);
    expect(exists(foreign)).toBe(true);
    removed(foreign);
  });

  it('is forgotten at the latest when many were removed by others: neither list nor budget grows', async () => {
    await using tree = new TrackedTree();
    const round = async (): Promise<void> => {
      const names = Array.from({ length: 64 }, freshName);
      await tree.ask('createMany', { names });
      names.forEach(removed);
    };
    for (let i = 0; i < 6; i++) await round();
    const { charged } = await tree.ask<{ charged: number }>('facts');
    for (let i = 0; i < 12; i++) await round();
    expect((await tree.ask<{ charged: number }>('facts')).charged).toBeLessThanOrEqual(charged + 256 * 8192);
    tree.tell('end');
    await tree.fixture.succeeded();
  });

  it('belongs to exactly one of those who make one of the same name at once, and the others leave nothing', async () => {
    await using tree = new TrackedTree();
    await tree.ask('create', { name: freshName() });
    const { charged } = await tree.ask<{ charged: number }>('facts');
    for (let round = 0; round < 2; round++) {
      const name = freshName();
      const codes = await tree.ask<number[]>('crowd', { names: Array.from({ length: 6 }, () => name) });
      expect(codes.filter((code) => code === 0)).toHaveLength(1);
      expect(codes.filter((code) => code === 1)).toHaveLength(5);
      await tree.ask('unlink', { name });
    }
    expect(tree.fixture.stderr).toMatch(/AlreadyExistsError/);
    await until(async () => (await tree.ask<{ charged: number }>('facts')).charged <= charged + (1 << 20), { what: 'what the losers had reserved to be given back' });
    tree.tell('end');
    await tree.fixture.succeeded();
  });

  it('is never left behind, wherever a process that makes and unlinks them is killed', () =>
    withSeed(async (random) => {
      for (let round = 0; round < KILLS; round++) {
        await using tree = new TrackedTree();
        const prefix = freshName();
        const children: number[] = [];
        for (let i = random.integer(0, 2); i > 0; i--) children.push(await tree.ask('churningChild', { prefix: `${prefix}-${i}` }));
        tree.tell('churn', { prefix });
        for (let lines = random.integer(1, 40); lines > 0; lines--) await tree.fixture.line('churned');
        if (children.length > 0) process.kill(children[0]!, 'SIGKILL');
        tree.fixture.kill('SIGKILL');
        await tree.fixture.done;
        await until(() => segments().length === 0, { what: 'all segments to be removed' });
      }
    }));

  it('leaves room in the budget again when others removed it', async () => {
    await using tree = new TrackedTree({ env: { MANYCORE_MEMORY_LIMIT: String(8 << 20) } });
    for (let i = 0; i < 10; i++) {
      const name = freshName();
      await tree.ask('create', { name, size: 3 << 20 });
      removed(name);
    }
    tree.tell('end');
    await tree.fixture.succeeded();
  });
});

describe('the tracker', () => {
  it('is one for the whole tree, started by the first that needs it, however many need it at once', async () => {
    await using tree = new TrackedTree();
    expect(await tree.trackers()).toEqual([]);
    const names = Array.from({ length: 8 }, freshName);
    expect(await tree.ask('crowd', { names })).toEqual(names.map(() => 0));
    expect(names.every(exists)).toBe(true);
    expect(await tree.trackers()).toHaveLength(1);
    tree.tell('end');
    await gone(...names);
  });

  it('is replaced by the next tracked segment when it was killed, and then nothing is lost', async () => {
    await using tree = new TrackedTree();
    const [first, second] = [freshName(), freshName()];
    await tree.ask('create', { name: first });
    const killed = await tree.tracker();
    process.kill(killed, 'SIGKILL');
    // Its memory goes before its lock does.
    await until(() => !existsSync(`/proc/${killed}`), { what: 'the tracker to be dead' });
    await tree.ask('create', { name: second });
    const successor = await tree.tracker();
    expect(successor).not.toBe(killed);
    tree.fixture.kill('SIGKILL');
    await gone(first, second);
  });

  it('does not end by SIGTERM, SIGINT or SIGHUP', async () => {
    await using tree = new TrackedTree();
    const name = freshName();
    await tree.ask('create', { name });
    const tracker = await tree.tracker();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(tracker, signal);
    await tree.ask('unlink', { name });
    await tree.ask('create', { name });
    expect(await tree.trackers()).toEqual([tracker]);
    tree.tell('end');
    await gone(name);
  });

  it('removes everything also when all are killed before it has booted', async () => {
    for (let i = 0; i < 3; i++) {
      await using tree = new TrackedTree();
      const name = freshName();
      await tree.ask('create', { name });
      tree.fixture.kill('SIGKILL');
      await gone(name);
    }
  });

  it('is nobody’s child, has nothing of its tree but the memory, and none of its environment', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tracker-'));
    const hello = join(folder, 'hello');
    const preload = fileURLToPath(new URL('./fixtures/says-hello.cjs', import.meta.url));
    {
      await using tree = new TrackedTree({ env: { SECRET: 'hunter2', SAYS_HELLO_FILE: hello, NODE_OPTIONS: `--require ${preload}` }, cwd: folder });
      await tree.ask('create', { name: freshName() });
      const pid = await tree.tracker();
      const [, parent, group, session] = /\) \w (\d+) (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
      expect(Number(parent)).not.toBe(tree.fixture.pid);
      expect(group).toBe(session);
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/SECRET|hunter2|NODE_OPTIONS/);
      const files = openFiles(pid);
      expect(files.filter((file) => file.startsWith('/')).sort()).toEqual(['/dev/null', '/dev/null', '/dev/null', '/memfd:manycore (deleted)']);
      const trees = openFiles(tree.fixture.pid).filter((file) => file.startsWith('pipe:') || file.startsWith('socket:'));
      expect(files.filter((file) => trees.includes(file))).toEqual([]);
      expect(readFileSync(hello, 'utf8')).not.toContain('tracker.js');
      tree.tell('end');
      await tree.fixture.succeeded();
    }
    rmSync(folder, { recursive: true });
  });

  it('that cannot be started is an error of the constructor, which leaves nothing; the next call tries again', async () => {
    await using tree = new TrackedTree();
    const name = freshName();
    const { error, message, cause } = await tree.answer('brokenNode', { name, path: '/no/such/node' });
    expect([error, cause]).toEqual(['NativeError', 'ENOENT']);
    expect(message).toContain('/no/such/node');
    expect(message).toContain('track: false');
    expect(exists(name)).toBe(false);
    expect(await tree.trackers()).toEqual([]);
    expect(openFiles(tree.fixture.pid).filter((file) => file.startsWith('/dev/shm'))).toEqual([]);
    await tree.ask('create', { name, track: false });
    removed(name);
    await tree.ask('create', { name });
    await until(async () => (await tree.trackers()).length === 1, { what: 'the tracker to run' });
    tree.tell('end');
    await gone(name);
  });

  it('uses no CPU while it waits', async () => {
    await using tree = new TrackedTree();
    await tree.ask('create', { name: freshName() });
    const pid = await tree.tracker();
    const ticks = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(13, 15).join(' ');
    await until(() => readFileSync(`/proc/${pid}/wchan`, 'utf8').includes('setlk'), { what: 'it to sleep in the kernel' });
    const used = ticks();
    for (let i = 0; i < 50; i++) await tree.ask('facts');
    expect(ticks()).toBe(used);
    expect(trackersOf((await tree.ask<{ inode: number }>('facts')).inode)).toEqual([pid]);
    tree.tell('end');
    await tree.fixture.succeeded();
  });
});
