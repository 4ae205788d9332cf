import { bytesOf, encode, session, type Block } from '@manycore/core/internal';
import { Link } from '@manycore/queues/internal';
import { describe, expect, it } from 'vitest';

/** Blocks of all sizes, of zeros: among them is what was given back just before. */
const takeMemory = (): Block[] => Array.from({ length: 11 }, (_, i) => 2 ** (i + 6)).flatMap((size) => Array.from({ length: 8 }, () => session().heap.allocate(size, 'test.link')));

const fill = (block: Block): void => void bytesOf(block, block.bytes).fill(0xff);
const isUntouched = (block: Block): boolean => bytesOf(block, block.bytes).every((byte) => byte === 0xff);

describe('a link that is given up', () => {
  it.each(['whenReady', 'whenRoom'] as const)('ends its own waits (%s) before its memory is somebody else’s', async (wait) => {
    const [mine, theirs] = Link.pair();
    if (wait === 'whenRoom') while (mine.backlog === 0) mine.send(encode('x'.repeat(60_000), 'value'));
    const waiting = mine[wait]();
    theirs.close();
    mine.close();
    const blocks = takeMemory();
    blocks.forEach(fill);
    // Every wait that is left looks now.
    session().announceDeath();
    await waiting;
    expect(blocks.filter((block) => !isUntouched(block)).map(({ bytes }) => bytes)).toEqual([]);
    session().heap.releaseAll(blocks);
  });
});
