import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

describe('SIGKILL of random processes that exchange messages', () => {
  it('damages, mixes and doubles none, loses only what a killed receiver was taking, hangs nobody and leaves nothing behind', { timeout: 120_000 }, async () => {
    const campaign = spawnFixture(new URL('../stress/pipe-campaign.mjs', import.meta.url), { args: ['--seconds', '15'], timeout: 110_000 });
    await campaign.succeeded();
    const { stdout } = await campaign.done;
    // The seed, for whoever has to repeat it.
    console.log(stdout);
    expect(stdout).toMatch(/nothing left behind\n$/);
  });
});
