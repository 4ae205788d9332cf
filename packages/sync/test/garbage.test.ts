import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const HANG_MS = 120_000;

describe('locks that are made and dropped, more than the budget has room for', () => {
  it.each(['main thread', 'worker'])(
    'take a part of it at any time, also when the thread never comes to its event loop: %s',
    async (where) => {
      const { lines } = await spawnFixture(new URL('./fixtures/make-and-drop.mjs', import.meta.url), { args: [where], timeout: HANG_MS }).succeeded();
      expect(Number(lines[0])).toBeLessThan(3 * 2 ** 20);
    },
    HANG_MS,
  );
});
