import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

describe('SIGKILL of random processes', () => {
  it('loses nothing but what a killed consumer had taken, hangs nobody and leaves nothing behind', { timeout: 300_000 }, async () => {
    const campaign = spawnFixture(new URL('../stress/kill-campaign.mjs', import.meta.url), { args: ['--kills', '50', '--main-kills', '10'], timeout: 280_000 });
    await campaign.succeeded();
    const { stdout } = await campaign.done;
    // The seed, for whoever has to repeat it.
    console.log(stdout);
    expect(stdout).toMatch(/nothing left behind\n$/);
  });
});
