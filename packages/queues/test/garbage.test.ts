import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const HANG_MS = 120_000;

describe('queues and pipes that are made, used and dropped, more than the budget has room for', () => {
  it(
    'are given back to a thread that never comes to its event loop',
    async () => {
      const fixture = spawnFixture(new URL('./fixtures/make-and-drop.mjs', import.meta.url), { timeout: HANG_MS });
      expect((await fixture.succeeded()).lines).toEqual(['true']);
    },
    HANG_MS,
  );
});
