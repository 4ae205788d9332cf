/** A process that says who it is and who started it. Python: the first example of the `multiprocessing` documentation. */
import { isMainProcess, parentProcess, Process } from 'manycore';

export function info(title: string): void {
  console.log(title);
  console.log('parent process:', parentProcess()?.pid ?? 'none');
  console.log('process id:', process.pid);
}

export function greet(name: string): void {
  info('function greet');
  console.log('hello', name);
}

if (isMainProcess) {
  info('main line');
  const child = new Process({ target: greet, args: ['bob'] });
  child.start();
  await child.join();
}
