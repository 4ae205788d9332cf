import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

/** A sample, of three of the scenes: `pnpm stress:sync` is the long campaign. */
const SECONDS = '10';

describe('SIGKILL of random processes that use synchronization primitives', () => {
  it('lets no two in, hangs nobody, loses no permit and no notification, and leaves nothing behind', { timeout: 120_000 }, async () => {
    const campaign = spawnFixture(new URL('../stress/sync-campaign.mjs', import.meta.url), { args: ['--seconds', SECONDS], timeout: 110_000 });
    await campaign.succeeded();
    const { stdout } = await campaign.done;
    // The seed, for whoever has to repeat it.
    console.log(stdout);
    expect(stdout).toMatch(/nothing left behind\n$/);
  });
});
