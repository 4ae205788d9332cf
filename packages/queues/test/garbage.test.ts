import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

describe('queues and pipes that are made, used and dropped, more than the budget has room for', () => {
  it('are given back to a thread that never comes to its event loop', async () => {
    expect((await spawnFixture(new URL('./fixtures/make-and-drop.mjs', import.meta.url)).succeeded()).lines).toEqual(['true']);
  });
});
