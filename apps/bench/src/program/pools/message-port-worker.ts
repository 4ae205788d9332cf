/** The worker thread of the hand-written pool over message ports. */
import { parentPort } from 'node:worker_threads';
import type { Answer, Request } from './messages.js';
import { addOne, echo, pid } from './tasks.js';

const tasks: Readonly<Record<string, (value: never) => unknown>> = { addOne, echo, echoMoved: echo, pid };

parentPort?.on('message', ({ id, task, value }: Request) => {
  const answer: Answer = { id, value: tasks[task]?.(value as never) };
  parentPort?.postMessage(answer, task === 'echoMoved' ? [(value as Uint8Array<ArrayBuffer>).buffer] : []);
});
