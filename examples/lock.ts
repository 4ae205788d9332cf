/** Twenty processes that print one line each; the lock keeps the two halves of a line together. */
import { isMainProcess, Lock, Process } from 'manycore';

export async function hello(lock: Lock, number: number): Promise<void> {
  await lock.withLock(() => {
    process.stdout.write(`hello `);
    process.stdout.write(`world ${number}\n`);
  });
}

if (isMainProcess) {
  const lock = new Lock();
  const processes = Array.from({ length: 20 }, (_, number) => new Process({ target: hello, args: [lock, number] }).start());
  await Promise.all(processes.map((process) => process.join()));
}
