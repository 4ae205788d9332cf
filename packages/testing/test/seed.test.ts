import { afterEach, describe, expect, it, vi } from 'vitest';
import { Random, stress, withSeed } from '../src/index.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const draw = (random: Random, count = 8): number[] => Array.from({ length: count }, () => random.uint32());

describe('Random', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    expect(draw(new Random(7))).toEqual(draw(new Random(7)));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
  });

  it('fills an integer range evenly, ends included', () => {
    const random = new Random(1);
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 40_000; round++) {
      const value = random.integer(-1, 2);
      counts[value + 1] = (counts[value + 1] as number) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('forks into sources that do not depend on each other', () => {
    const one = new Random(3);
    const fork = one.fork();
    const expected = draw(new Random(fork.seed));
    draw(one);
    expect(draw(fork)).toEqual(expected);
  });

  it.each([-1, 0.5, 2 ** 32, Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => new Random(seed)).toThrow(RangeError);
  });

  it('refuses an empty list and an empty range', () => {
    expect(() => new Random(1).pick([])).toThrow(RangeError);
    expect(() => new Random(1).integer(2, 1)).toThrow(RangeError);
  });

  it('takes its seed from the environment, or one by chance', () => {
    vi.stubEnv('MANYCORE_TEST_SEED', '123');
    expect(Random.fromEnv('MANYCORE_TEST_SEED').seed).toBe(123);
    vi.stubEnv('MANYCORE_TEST_SEED', 'x');
    expect(() => Random.fromEnv('MANYCORE_TEST_SEED')).toThrow(/MANYCORE_TEST_SEED/);
    vi.stubEnv('MANYCORE_TEST_SEED', undefined);
    const seeds = new Set(Array.from({ length: 8 }, () => Random.fromEnv('MANYCORE_TEST_SEED').seed));
    expect(seeds.size).toBeGreaterThan(1);
  });
});

describe('withSeed', () => {
  it('names the seed in the failure, prints it, and keeps the failure', async () => {
    const printed = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const cause = new Error('lost an item');
    const failing = withSeed(() => Promise.reject(cause), { seed: 99 });
    await expect(failing).rejects.toMatchObject({ message: expect.stringMatching(/lost an item[^]*MANYCORE_TEST_SEED=99/), cause });
    expect(printed).toHaveBeenCalledWith(expect.stringContaining('MANYCORE_TEST_SEED=99'));
  });

  it('returns what the body returns', async () => {
    expect(await withSeed((random) => random.seed, { seed: 5 })).toBe(5);
  });
});

describe('stress', () => {
  it('repeats with other numbers in every round, and all of them again with the seed', async () => {
    const collect = async (): Promise<number[]> => {
      const drawn: number[] = [];
      await stress(
        async ({ random, jitter }) => {
          await jitter();
          drawn.push(random.uint32());
        },
        { repeats: 5, seed: 11, jitterMs: 1 },
      );
      return drawn;
    };
    const first = await collect();
    expect(new Set(first).size).toBe(5);
    expect(await collect()).toEqual(first);
  });

  it('multiplies the rounds by MANYCORE_TEST_REPEAT', async () => {
    vi.stubEnv('MANYCORE_TEST_REPEAT', '3');
    let rounds = 0;
    expect(await stress(() => void rounds++, { repeats: 4 })).toBe(12);
    expect(rounds).toBe(12);
    vi.stubEnv('MANYCORE_TEST_REPEAT', '0');
    await expect(stress(() => undefined, { repeats: 1 })).rejects.toThrow(/MANYCORE_TEST_REPEAT/);
  });

  it('stops at the first failure and names round and seed', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    let rounds = 0;
    const failing = stress(
      ({ index }) => {
        rounds++;
        if (index === 2) throw new Error('third time unlucky');
      },
      { repeats: 10, seed: 4 },
    );
    await expect(failing).rejects.toThrow(/round 3 of 10: third time unlucky[^]*MANYCORE_TEST_SEED=4/);
    expect(rounds).toBe(3);
  });

  it('refuses no rounds at all', async () => {
    await expect(stress(() => undefined, { repeats: 0 })).rejects.toThrow(RangeError);
  });
});
