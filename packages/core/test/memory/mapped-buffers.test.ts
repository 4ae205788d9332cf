import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const run = async (how: string): Promise<unknown> => {
  const { lines } = await spawnFixture(new URL('../fixtures/make-and-drop.mjs', import.meta.url), { args: [how] }).succeeded();
  return JSON.parse(lines[0]!);
};

describe('shared buffers that are made and dropped, ten times the budget', () => {
  it('are given back to a program that turns its event loop', async () => {
    expect(await run('turns')).toEqual({ most: expect.closeTo(9, 0) as number, hasGoneOn: true });
  });

  it.each(['block', 'receive'])('are given back to a program that blocks (%s), and no promise of it goes on meanwhile', async (how) => {
    expect(await run(how)).toEqual({ most: expect.closeTo(9, 0) as number, hasGoneOn: false });
  });
});
