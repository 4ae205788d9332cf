/** Four processes add to one balance: the lock keeps reading and writing together. */
import { isMainProcess, Lock, Process, RawValue } from 'manycore';

export function deposit(lock: Lock, balance: RawValue<'i'>): void {
  for (let i = 0; i < 1000; i++) {
    lock.withLockSync(() => (balance.value += 1));
  }
}

if (isMainProcess) {
  const lock = new Lock();
  const balance = new RawValue('i', 0);
  const processes = [1, 2, 3, 4].map(() => new Process({ target: deposit, args: [lock, balance] }).start());
  for (const process of processes) await process.join();
  console.log(`the balance is ${balance.value}`);
}
