/** Joinable queues between real processes, some of which are killed. */
import { activeChildren, JoinableQueue, Process, Queue, QueueError, sharedBuffer, SimpleQueue } from 'manycore';
import { type Random, until, withSeed } from '@manycore/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { putAll, takeAndForget, takeAndHold, work, type Held, type Item, type Said } from './fixtures/joinable-consumers.mjs';

const forms = ['sync', 'async'] as const;
const holder = (queue: JoinableQueue<number>, said: Queue<Held>, count: number, form: 'sync' | 'async', name = 'Taker'): Process =>
  new Process({ target: takeAndHold, args: [queue, said, count, form], name }).start();

afterEach(() => {
  expect(activeChildren()).toEqual([]);
});

describe('a SimpleQueue between processes', () => {
  it('carries every item in order, and keeps what a producer that has ended put', async () => {
    const queue = new SimpleQueue<number>();
    const producer = new Process({ target: putAll, args: [queue, 1000] }).start();
    for (let i = 0; i < 500; i++) expect(await queue.get()).toBe(i);
    producer.joinSync();
    for (let i = 500; i < 1000; i++) expect(queue.getNowait()).toBe(i);
    expect(queue.empty()).toBe(true);
  });
});

describe.each(forms)('a JoinableQueue between processes, consumers %s', (form) => {
  it('gives back to the front, at once, what a killed consumer had and not marked', async () => {
    const queue = new JoinableQueue<number>(0, { redeliver: true });
    const said = new Queue<Held>();
    queue.putManySync([1, 2, 3]);
    const taker = holder(queue, said, 2, form);
    expect((await said.get()).items).toEqual([1, 2]);
    expect(await queue.getMany(5)).toEqual([3]);
    const waiting = queue.get();
    taker.kill();
    expect(await waiting).toBe(1);
    expect(queue.getSync()).toBe(2);
    for (let i = 0; i < 3; i++) queue.taskDone();
    await queue.join();
    await taker.join();
  });

  it('finds what a killed consumer had, blocked and without waiting', async () => {
    const queue = new JoinableQueue<number>(0, { redeliver: true });
    const said = new Queue<Held>();
    queue.putManySync([1, 2]);
    const taker = holder(queue, said, 2, form);
    await said.get();
    taker.kill();
    expect(queue.getSync()).toBe(1);
    expect(queue.getNowait()).toBe(2);
    await taker.join();
  });

  it('throws from a join that waits, when the last taker is killed without redelivery, and names it', async () => {
    const queue = new JoinableQueue<number>();
    const said = new Queue<Held>();
    queue.putManySync([1, 2, 3]);
    const [one, other] = [holder(queue, said, 1, form, 'One'), holder(queue, said, 2, form, 'Other')];
    await said.get();
    await said.get();
    const joining = expect(queue.join()).rejects.toThrow(QueueError);
    one.kill();
    await one.join();
    other.kill();
    await joining;
    await other.join();
    const names = [`1 by process ${one.pid} (One)`, `2 by process ${other.pid} (Other)`];
    expect(() => queue.joinSync()).toThrow(new RegExp(names.map((name) => name.replace(/[()]/g, '\\$&')).join('.*|')));
    for (let i = 0; i < 3; i++) queue.taskDone();
    queue.joinSync();
  });

  it('does every item at least once when consumers are killed at random moments, and exactly once when none is', () =>
    withSeed(async (random) => {
      for (const kills of [0, 12]) await campaign(random, form, kills);
    }), 120_000);
});

describe('a JoinableQueue between processes', () => {
  it('counts a process that ends normally without taskDone() as dead', async () => {
    const queue = new JoinableQueue<number>(0, { redeliver: true });
    queue.putManySync([1, 2]);
    await new Process({ target: takeAndForget, args: [queue, 2] }).start().join();
    expect(queue.qsize()).toBe(2);
    expect(queue.getManySync(3)).toEqual([1, 2]);
    const lossy = new JoinableQueue<number>();
    lossy.putSync(1);
    await new Process({ target: takeAndForget, args: [lossy, 1], name: 'Forgetful' }).start().join();
    await expect(lossy.join()).rejects.toThrow(/1 by process \d+ \(Forgetful\)/);
  });

  it('ends a blocked join within some slices of the death of the last taker, which nobody announces meanwhile', async () => {
    const queue = new JoinableQueue<number>();
    const said = new Queue<Held>();
    queue.putSync(1);
    const taker = holder(queue, said, 1, 'sync');
    await said.get();
    process.kill(taker.pid!, 'SIGKILL');
    expect(() => queue.joinSync()).toThrow(/\(Taker\)/);
    await taker.join();
  });
});

const ITEMS = 150;

/** Three consumers; `kills` times one of them is killed and another started. */
async function campaign(random: Random, form: 'sync' | 'async', kills: number): Promise<void> {
  const queue = new JoinableQueue<Item | 'enough'>(20, { redeliver: true });
  const said = new Queue<Said>();
  const done: number[] = [];
  const start = (): Process => new Process({ target: work, args: [queue, said, form] }).start();
  const workers = Array.from({ length: 3 }, start);
  const killed: Process[] = [];
  const putting = (async () => {
    for (let n = 0; n < ITEMS; n++) await queue.put({ n, text: 'x'.repeat(n * 37), shared: sharedBuffer(64).fill(n % 251) });
  })();
  const collecting = (async () => {
    for await (const { n } of said) done.push(n);
  })();
  for (let kill = 0; kill < kills; kill++) {
    const goal = Math.min(ITEMS - 1, done.length + random.integer(1, 10));
    await until(() => done.length >= goal, { what: `${goal} items to be done` });
    for (const end = performance.now() + random.float(); performance.now() < end; );
    const victim = random.integer(0, 2);
    workers[victim]!.kill();
    killed.push(workers[victim]!);
    workers[victim] = start();
  }
  await putting;
  await queue.join();
  expect(queue.inspect()).toMatchObject({ size: 0, unfinished: 0 });
  await queue.putMany(workers.map(() => 'enough' as const));
  await Promise.all([...workers, ...killed].map((worker) => worker.join()));
  said.shutdown();
  await collecting;
  await queue.join();
  expect(workers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect([...new Set(done)].sort((a, b) => a - b)).toEqual(Array.from({ length: ITEMS }, (_, n) => n));
  // Whoever is killed has said at most one item that it had not marked.
  expect(done.length).toBeLessThanOrEqual(ITEMS + kills);
}
