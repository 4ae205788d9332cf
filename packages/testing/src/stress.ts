import { setTimeout as sleep } from 'node:timers/promises';
import { TestingError } from './errors.js';
import { withSeed, type Random } from './seed.js';

export interface StressOptions {
  /** Rounds, times the factor in `MANYCORE_TEST_REPEAT`. */
  readonly repeats: number;
  /** Longest delay of `jitter()`, milliseconds; default 5. */
  readonly jitterMs?: number;
  /** Default: `MANYCORE_TEST_SEED`, or by chance. */
  readonly seed?: number;
}

/** One round of a stress test. */
export interface StressRound {
  /** From 0. */
  readonly index: number;
  /** Of this round alone. */
  readonly random: Random;
  /** Waits for a moment chosen by the seed: nothing, one turn of the event loop, or up to `jitterMs`. */
  jitter(): Promise<void>;
}

/**
 * Runs `body` again and again, one round after the other, with delays that differ in every round and repeat with the seed.
 *
 * @returns the number of rounds.
 * @throws TestingError (`ERR_MANYCORE_TESTING_SEEDED`) that names round and seed, the failure as `cause`.
 */
export async function stress(body: (round: StressRound) => void | Promise<void>, options: StressOptions): Promise<number> {
  const rounds = options.repeats * repeatFactor(process.env['MANYCORE_TEST_REPEAT']);
  if (!Number.isSafeInteger(options.repeats) || options.repeats < 1)
    throw new RangeError(`stress: repeats must be at least 1, not ${options.repeats}`);
  await withSeed(async (random) => {
    for (let index = 0; index < rounds; index++) await runRound(body, index, rounds, random.fork(), options.jitterMs ?? 5);
  }, options);
  return rounds;
}

async function runRound(
  body: (round: StressRound) => void | Promise<void>,
  index: number,
  rounds: number,
  random: Random,
  jitterMs: number,
): Promise<void> {
  // Delays come from a source of their own: how often the body jitters must not change what it draws.
  const delays = random.fork();
  try {
    await body({ index, random, jitter: () => jitter(delays, jitterMs) });
  } catch (cause) {
    const message = `round ${index + 1} of ${rounds}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new TestingError('ERR_MANYCORE_TESTING_SEEDED', message, { cause });
  }
}

async function jitter(random: Random, jitterMs: number): Promise<void> {
  const kind = random.integer(0, 2);
  if (kind === 1) await new Promise((resolve) => setImmediate(resolve));
  if (kind === 2) await sleep(random.float() * jitterMs);
}

function repeatFactor(text: string | undefined): number {
  if (text === undefined || text === '') return 1;
  const factor = Number(text);
  if (!Number.isSafeInteger(factor) || factor < 1)
    throw new RangeError(`MANYCORE_TEST_REPEAT must be an integer of at least 1, not "${text}"`);
  return factor;
}
