/** The sieve of Eratosthenes: small primes first, then processes cross out their multiples, each in a segment of its own. */
import { isMainProcess, ProcessPoolExecutor } from 'manycore';

const LIMIT = 2_000_000;
const SEGMENT = 250_000;

/** How many numbers in [from, to) are multiples of none of the primes. */
export function countSegment(primes: readonly number[], from: number, to: number): number {
  const isComposite = new Uint8Array(to - from);
  for (const prime of primes) {
    for (let n = Math.max(prime * prime, Math.ceil(from / prime) * prime); n < to; n += prime) isComposite[n - from] = 1;
  }
  return isComposite.reduce((count, composite) => count + 1 - composite, 0);
}

/** The primes below `limit`, one after the other. */
function sieve(limit: number): number[] {
  const isComposite = new Uint8Array(limit);
  const primes: number[] = [];
  for (let n = 2; n < limit; n++) {
    if (isComposite[n] === 1) continue;
    primes.push(n);
    for (let multiple = n * n; multiple < limit; multiple += n) isComposite[multiple] = 1;
  }
  return primes;
}

if (isMainProcess) {
  await using executor = new ProcessPoolExecutor({ maxWorkers: 2 });
  const primes = sieve(Math.ceil(Math.sqrt(LIMIT)) + 1);
  const starts = Array.from({ length: LIMIT / SEGMENT }, (_, i) => Math.max(2, i * SEGMENT));
  const ends = starts.map((_, i) => (i + 1) * SEGMENT);
  let count = 0;
  for await (const found of executor.map(countSegment, starts.map(() => primes), starts, ends)) count += found;
  console.log(`${count} primes below ${LIMIT}`);
}
