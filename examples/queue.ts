/** Two processes and a queue: one writes, one reads for ever and is ended by the main program. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainProcess, Process, Queue } from 'manycore';

export async function write(queue: Queue<string>): Promise<void> {
  for (const value of ['A', 'B', 'C']) {
    console.log(`put ${value} to queue`);
    await queue.put(value);
    await sleep(Math.random() * 100);
  }
}

export async function read(queue: Queue<string>, seen: Queue<string>): Promise<void> {
  for await (const value of queue) {
    console.log(`get ${value} from queue`);
    await seen.put(value);
  }
}

if (isMainProcess) {
  const queue = new Queue<string>();
  const seen = new Queue<string>();
  const writer = new Process({ target: write, args: [queue] }).start();
  const reader = new Process({ target: read, args: [queue, seen] }).start();
  await writer.join();
  // The reader never ends by itself; wait until it has read everything, then end it.
  for (let count = 0; count < 3; count++) await seen.get();
  reader.terminate();
  await reader.join();
  console.log(`reader ended with ${reader.exitCode}`);
}
