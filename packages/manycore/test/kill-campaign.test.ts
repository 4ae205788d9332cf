import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

/** A sample: `pnpm stress` is the long campaign. */
const KILLS = '25';
const MAIN_KILLS = '5';

describe('SIGKILL of random processes', () => {
  it('loses nothing but what a killed consumer had taken, hangs nobody and leaves nothing behind', { timeout: 300_000 }, async () => {
    const campaign = spawnFixture(new URL('../stress/kill-campaign.mjs', import.meta.url), { args: ['--kills', KILLS, '--main-kills', MAIN_KILLS], timeout: 280_000 });
    await campaign.succeeded();
    const { stdout } = await campaign.done;
    // The seed, for whoever has to repeat it.
    console.log(stdout);
    expect(stdout).toMatch(/nothing left behind\n$/);
  });
});
