import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const fuzz = new URL('../stress/fuzz.mjs', import.meta.url);

describe('damage', () => {
  it('to messages, and to the shared memory of queues, ends in a value or an error of ours: no crash, no hang, no memory of others', { timeout: 120_000 }, async () => {
    const campaign = spawnFixture(fuzz, { args: ['--seconds', '6'], timeout: 100_000 });
    await campaign.succeeded();
    const { stdout } = await campaign.done;
    // The seed, for whoever has to repeat it.
    console.log(stdout);
    expect(stdout).toMatch(/^seed \d+\ncodec: \d+ cases: .*\nring: \d+ cases: .*\n$/);
  });
});
