/** A producer and a consumer, each in a process of its own. */
import { isMainProcess, Process, Queue } from 'manycore';

export async function produce(queue: Queue<string>): Promise<void> {
  for (const word of ['one', 'two', 'three']) await queue.put(word);
  queue.shutdown(); // what is in the queue can still be taken
}

export async function consume(queue: Queue<string>): Promise<void> {
  for await (const word of queue) console.log(`got ${word}`);
}

if (isMainProcess) {
  const queue = new Queue<string>();
  const consumer = new Process({ target: consume, args: [queue] }).start();
  const producer = new Process({ target: produce, args: [queue] }).start();
  await Promise.all([producer.join(), consumer.join()]);
}
