import { setImmediate as turn } from 'node:timers/promises';
import { bytesOf, encode, session, type Block } from '@manycore/core/internal';
import { Pipe, Queue } from '@manycore/queues';
import { Link } from '@manycore/queues/internal';
import { describe, expect, it } from 'vitest';

/** Blocks of all sizes: among them is what was given back just before. */
function takeMemory(): Block[] {
  const blocks = Array.from({ length: 11 }, (_, i) => 2 ** (i + 6)).flatMap((size) => Array.from({ length: 8 }, () => session().heap.allocate(size, 'test.link')));
  for (const block of blocks) bytesOf(block, block.bytes).fill(0xff);
  return blocks;
}

/** The sizes of those that somebody else has written to meanwhile; every wait that is left looks now. */
async function damaged(blocks: readonly Block[]): Promise<number[]> {
  for (let i = 0; i < 5; i++) {
    session().announceDeath();
    await turn();
  }
  return blocks.filter((block) => !bytesOf(block, block.bytes).every((byte) => byte === 0xff)).map(({ bytes }) => bytes);
}

/** Somebody else who has the end until it is closed there. */
function elsewhere<E extends Link | ReturnType<typeof Pipe>[0]>(end: E): Disposable {
  const queue = new Queue<E>();
  queue.putSync(end);
  end.close();
  return { [Symbol.dispose]: () => queue.getSync().close() };
}

describe('a wait that is stopped', () => {
  it('ends, and the next one waits for the next message', async () => {
    const [mine, theirs] = Link.pair();
    const first = mine.whenReady();
    mine.stopWaiting();
    await first;
    const second = mine.whenReady();
    theirs.send(encode('x', 'value'));
    await second;
    expect(mine.hasMessage).toBe(true);
    mine.stopWaiting();
    mine.close();
    theirs.close();
  });
});

describe('an end that is given up while this thread waits at it', () => {
  it.each(['whenReady', 'whenRoom'] as const)('writes no more into its memory: Link.%s', async (wait) => {
    const [mine, end] = Link.pair();
    const theirs = elsewhere(end);
    if (wait === 'whenRoom') while (mine.backlog === 0) mine.send(encode('x'.repeat(60_000), 'value'));
    const waiting = mine[wait]();
    theirs[Symbol.dispose]();
    mine.close();
    const blocks = takeMemory();
    expect(await damaged(blocks)).toEqual([]);
    await waiting;
    session().heap.releaseAll(blocks);
  });

  it.each(['recv', 'send'] as const)('writes no more into its memory: Connection.%s', async (call) => {
    const [mine, end] = Pipe();
    const theirs = elsewhere(end);
    const bytes = new Uint8Array(60_000);
    const waiting = Promise.allSettled(call === 'recv' ? [mine.recv()] : Array.from({ length: 20 }, () => mine.sendBytes(bytes)));
    theirs[Symbol.dispose]();
    mine.close();
    const blocks = takeMemory();
    expect(await damaged(blocks)).toEqual([]);
    expect((await waiting).at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'ERR_MANYCORE_CLOSED' } });
    session().heap.releaseAll(blocks);
  });
});
