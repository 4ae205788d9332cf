import { currentProcess, isMainProcess, Process } from '@manycore/process';

export function countPrimes(from: number, to: number): void {
  let count = 0;
  for (let n = Math.max(2, from); n < to; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n && isPrime; d++) isPrime = n % d !== 0;
    if (isPrime) count++;
  }
  console.log(`${currentProcess().name}: ${count} primes from ${from} to ${to}`);
}

// A child imports this file, too, to find `countPrimes`: what only the main program does stands behind the guard.
if (isMainProcess) {
  const first = new Process({ target: countPrimes, args: [0, 50_000] }).start();
  const second = new Process({ target: countPrimes, args: [50_000, 100_000], name: 'Second' }).start();
  await Promise.all([first.join(), second.join()]);
  console.log(`exit codes ${first.exitCode} and ${second.exitCode}`);
}
