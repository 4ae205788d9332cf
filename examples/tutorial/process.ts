/** A function in a process of its own. */
import { currentProcess, isMainProcess, Process } from 'manycore';

export function greet(name: string): void {
  console.log(`hello ${name}, from ${currentProcess().name}`);
}

if (isMainProcess) {
  const child = new Process({ target: greet, args: ['bob'] });
  child.start();
  await child.join();
  console.log(`it ended with exit code ${child.exitCode}`);
}
