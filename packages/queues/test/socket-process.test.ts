import { existsSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { native, READABLE, READY, type Waitable } from '@manycore/core/internal';
import { BrokenPipeError, Client, EOFError, Listener } from '@manycore/queues';
import { spawnFixture, until, withSeed, type Fixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const program = (...args: string[]): Fixture => spawnFixture(new URL('./fixtures/socket-program.mjs', import.meta.url), { args });
const KEY = 'a key that both have';

describe.each(['AF_UNIX', 'AF_INET'] as const)('between processes, %s', (family) => {
  it('values arrive, and the end of the program is the end of file', async () => {
    using listener = await Listener.open({ family, authkey: KEY });
    await using other = program('send-and-end', JSON.stringify(listener.address), KEY);
    using conn = await listener.accept();
    const got: unknown[] = [];
    for await (const value of conn) got.push(value);
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => ({ i })));
    await other.succeeded();
  });
});

describe('the end of a process', () => {
  it('a listener and its connections do not keep a program alive, and its file goes with it', async () => {
    for (const job of ['listen-and-end', 'listen-and-exit']) {
      await using other = program(job);
      const path = await other.line(/^\//);
      await other.succeeded();
      expect(existsSync(dirname(path))).toBe(false);
    }
    using listener = await Listener.open();
    const accepting = listener.accept();
    await using idle = program('idle', JSON.stringify(listener.address));
    using conn = await accepting;
    expect(await conn.recv()).toBe('hello');
    await idle.succeeded();
    await expect(conn.recv()).rejects.toBeInstanceOf(EOFError);
  });

  it('an accept that waits keeps it alive', async () => {
    await using other = program('accept-for-ever');
    await other.line('alive');
  });

  it('a client that is killed is the end of file for its listener, also while a receive waits', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept();
    await using other = program('connect', JSON.stringify(listener.address), KEY);
    using conn = await accepting;
    await other.line('connected');
    const receiving = conn.recv().catch((error: unknown) => error);
    other.kill('SIGKILL');
    expect(await receiving).toBeInstanceOf(EOFError);
    await until(
      async () => {
        const error = await conn.send('x').catch((reason: unknown) => reason);
        return BrokenPipeError.isInstance(error);
      },
      { what: 'sends to fail' },
    );
  });

  it('a client that is killed in the middle of a message is the end of file in the middle of a message', async () => {
    using listener = await Listener.open();
    const accepting = listener.accept();
    await using other = program('send-for-ever', JSON.stringify(listener.address));
    using conn = await accepting;
    await other.line('connected');
    const { fd } = (conn as unknown as Waitable)[READY]();
    await until(() => native().pollFd(fd!, READABLE, 0) !== 0, { what: 'the beginning of a message' });
    other.kill('SIGKILL');
    await expect(conn.recvBytes()).rejects.toThrow(/in the middle of a message/);
  });

  it('a listener that is killed is the end of file for its clients, and nobody for the next ones; its file stays at a path of the user', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'manycore-killed-'));
    const path = join(folder, 'socket');
    await using other = program('listen', JSON.stringify(path), KEY);
    await other.line(path);
    using conn = await Client(path, { authkey: KEY });
    await other.line('accepted');
    other.kill('SIGKILL');
    await expect(conn.recv()).rejects.toBeInstanceOf(EOFError);
    await other.done;
    await expect(Client(path, { authkey: KEY })).rejects.toThrow(/Nobody listens there/);
    // What a killed process leaves, as in Python.
    expect(existsSync(path)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('the directory of a listener goes with the killed process, wherever in its work that was', () =>
    withSeed(async (random) => {
      const folder = mkdtempSync(join(tmpdir(), 'manycore-killed-'));
      for (let round = 0; round < 5; round++) {
        await using other = spawnFixture(new URL('./fixtures/socket-program.mjs', import.meta.url), { args: ['listen-over-and-over'], env: { TMPDIR: folder } });
        for (let lines = random.integer(1, 20); lines > 0; lines--) await other.line(/^\//);
        other.kill('SIGKILL');
        await other.done;
        await until(() => readdirSync(folder).length === 0, { what: 'the directories of listeners to be removed' });
      }
      rmdirSync(folder);
    }));

  it('a client killed during the handshake disturbs nobody', async () => {
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept();
    await using other = program('connect', JSON.stringify(listener.address), KEY);
    other.kill('SIGKILL');
    await other.done;
    using client = await Client(listener.address, { authkey: KEY });
    (await accepting).close();
    expect(client.closed).toBe(false);
  });

  it('the sockets of a worker thread that is terminated are closed', async () => {
    const worker = new Worker(new URL('./fixtures/socket-worker.mjs', import.meta.url), { workerData: { job: 'listen' } });
    const [path] = (await once(worker, 'message')) as [string];
    const accepted = once(worker, 'message');
    using conn = await Client(path);
    await accepted;
    await worker.terminate();
    await expect(conn.recv()).rejects.toBeInstanceOf(EOFError);
    await expect(Client(path)).rejects.toThrow(/ECONNREFUSED/);
    rmSync(dirname(path), { recursive: true });
  });
});
