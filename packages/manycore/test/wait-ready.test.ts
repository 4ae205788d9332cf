import { readdirSync } from 'node:fs';
import { spawnFixture } from '@manycore/testing';
import { Event, functionRef, Pipe, Process, Queue, waitReady } from 'manycore';
import { describe, expect, it } from 'vitest';

const FIXTURE = new URL('./fixtures/wait-ready-child.mjs', import.meta.url);
const fixture = <A extends unknown[]>(name: string): ((...args: A) => void) => functionRef<Record<string, (...args: A) => void>>(FIXTURE, name) as (...args: A) => void;

describe('waitReady for an Event', () => {
  it('is told when it is set, also when it was set and cleared at once, and not by what happened before', async () => {
    const event = new Event();
    event.set();
    expect(await waitReady([event])).toEqual([event]);
    event.clear();
    expect(await waitReady([event], { timeout: 0 })).toEqual([]);
    expect(await waitReady([event], { timeout: 5 })).toEqual([]);
    const waiting = waitReady([event, event]);
    event.set();
    event.clear();
    expect(await waiting).toEqual([event, event]);
    expect(await waitReady([event], { timeout: 0 })).toEqual([]);
  });

  it('is told what another process sets, in a mixture of everything', async () => {
    const [event, queue] = [new Event(), new Queue<string>()];
    const [ours, theirs] = Pipe<string>();
    const child = new Process({ target: fixture<[Event, Queue<string>, typeof theirs]>('doAll'), args: [event, queue, theirs] }).start();
    theirs.close();
    const objects = [child.sentinel, ours, queue, event];
    ours.sendSync('event');
    expect(await waitReady(objects)).toEqual([event]);
    event.clear();
    ours.sendSync('queue');
    expect(await waitReady(objects)).toEqual([queue]);
    expect(queue.getSync()).toBe('item');
    ours.sendSync('pipe');
    expect(await waitReady(objects)).toEqual([ours]);
    expect(ours.recvSync()).toBe('message');
    ours.sendSync('end');
    // The end of its process is that of the pipe too; which of both is seen first is not said.
    const ready = await waitReady(objects);
    expect(ready.length).toBeGreaterThan(0);
    expect(objects.slice(0, 2)).toEqual(expect.arrayContaining(ready));
    await child.join();
    expect(await waitReady(objects)).toEqual([child.sentinel, ours]);
    ours.close();
    child.close();
  });
});

describe('waitReady for processes', () => {
  it('is told of the one that was killed, by its sentinel and by its pipe, and leaves no descriptor', async () => {
    const pipes = [Pipe(), Pipe(), Pipe()] as const;
    const children = pipes.map(([, theirs]) => new Process({ target: fixture<[unknown]>('staysThere'), args: [theirs], startMethod: 'spawn' }).start());
    for (const [ours, theirs] of pipes) {
      theirs.close();
      expect(await ours.recv()).toBe('here');
    }
    const sentinels = children.map((child) => child.sentinel);
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const bySentinel = waitReady([...sentinels, ...sentinels]);
    const byPipe = waitReady(pipes.map(([ours]) => ours));
    children[1]!.kill();
    expect(await bySentinel).toEqual([sentinels[1], sentinels[1]]);
    expect(await byPipe).toEqual([pipes[1][0]]);
    expect(await waitReady([sentinels[0]!, sentinels[2]!], { timeout: 0 })).toEqual([]);
    await children[1]!.join();
    expect(descriptors()).toBeLessThanOrEqual(before);
    for (const child of [children[0]!, children[2]!]) {
      child.kill();
      await child.join();
    }
    expect(await waitReady(sentinels)).toEqual(sentinels);
    for (const [ours] of pipes) ours.close();
  });

  it('a child waits for its parent, and a waiter that is killed takes nothing along', async () => {
    await using program = spawnFixture(new URL('./fixtures/wait-ready-program.mjs', import.meta.url));
    await program.succeeded();
    expect((await program.done).stdout.trim().split('\n')).toEqual(['not ended true', 'killed SIGKILL', 'got 1 and 2']);
  });
});
