import { isMainProcess, Pool } from '@manycore/process';

export const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
};

if (isMainProcess) {
  await using pool = new Pool(4);
  const flags = await pool.map(isPrime, Array.from({ length: 1000 }, (_, n) => n));
  console.log(`${flags.filter(Boolean).length} primes below 1000`);
  for await (const flag of pool.imap(isPrime, [10_007, 10_011])) console.log(flag);
}
