import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

describe('SIGKILL of random workers of a pool', () => {
  it('loses no task but the killed ones, runs none twice, hangs nobody and leaves nothing behind', { timeout: 180_000 }, async () => {
    const campaign = spawnFixture(new URL('../stress/pool-campaign.mjs', import.meta.url), { args: ['--seconds', '12'], timeout: 170_000 });
    await campaign.succeeded();
    const { stdout } = await campaign.done;
    // The seed, for whoever has to repeat it.
    console.log(stdout);
    expect(stdout).toMatch(/nothing left behind\n$/);
  });
});
