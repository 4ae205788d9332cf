import { randomInt } from 'node:crypto';
import { TestingError } from './errors.js';

const SEED_ENV = 'MANYCORE_TEST_SEED';
const UINT32 = 2 ** 32;

/**
 * A repeatable source of randomness: xoshiro128** of D. Blackman and S. Vigna ("Scrambled linear pseudorandom number generators", 2018),
 * its four words filled from the seed by a Weyl sequence through the MurmurHash3 finalizer. Not for secrets.
 */
export class Random {
  readonly seed: number;
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed - an integer from 0 to 2^32 - 1. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= UINT32)
      throw new RangeError(`Random: the seed must be an integer from 0 to 2^32 - 1, not ${seed}`);
    this.seed = seed;
    this.a = spread(seed, 1);
    this.b = spread(seed, 2);
    this.c = spread(seed, 3);
    this.d = spread(seed, 4);
  }

  /** Seeded by the environment variable `name`; by chance when it is not set. */
  static fromEnv(name: string): Random {
    const text = process.env[name];
    if (text === undefined || text === '') return new Random(randomInt(UINT32));
    const seed = Number(text);
    if (!Number.isInteger(seed) || seed < 0 || seed >= UINT32)
      throw new RangeError(`${name} must be an integer from 0 to 2^32 - 1, not "${text}"`);
    return new Random(seed);
  }

  /** 0 to 2^32 - 1. */
  uint32(): number {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotate(this.d, 11);
    return result;
  }

  /** 0 up to, not including, 1. */
  float(): number {
    return this.uint32() / UINT32;
  }

  /** `least` to `most`, both included. */
  integer(least: number, most: number): number {
    if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most) || least > most || most - least >= UINT32) {
      throw new RangeError(`Random.integer: no integer range of at most 2^32 values from ${least} to ${most}`);
    }
    return least + Math.floor(this.float() * (most - least + 1));
  }

  /** One of `list`, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('Random.pick: the list is empty');
    return list[this.integer(0, list.length - 1)] as T;
  }

  /** An independent source for one part of a test; the parts then do not shift each other's numbers. */
  fork(): Random {
    return new Random(this.uint32());
  }
}

export interface SeedOptions {
  /** Default: `MANYCORE_TEST_SEED`, or by chance. */
  readonly seed?: number;
}

/**
 * Runs a randomised test body; when it fails, the seed is printed and in the message, and `MANYCORE_TEST_SEED=<seed>` repeats it.
 *
 * @throws TestingError (`ERR_MANYCORE_TESTING_SEEDED`) with the failure as `cause`.
 */
export async function withSeed<T>(body: (random: Random) => T | Promise<T>, options: SeedOptions = {}): Promise<T> {
  const random = options.seed === undefined ? Random.fromEnv(SEED_ENV) : new Random(options.seed);
  try {
    return await body(random);
  } catch (cause) {
    const message = `${cause instanceof Error ? cause.message : String(cause)}\n(repeat with ${SEED_ENV}=${random.seed})`;
    console.error(`failed with ${SEED_ENV}=${random.seed}`);
    throw new TestingError('ERR_MANYCORE_TESTING_SEEDED', message, { cause });
  }
}

const rotate = (value: number, count: number): number => (value << count) | (value >>> (32 - count));

function spread(seed: number, position: number): number {
  let mixed = (seed + Math.imul(position, 0x9e3779b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
