/** The child of the hand-written pool over `fork`. */
import type { Answer, Request } from './messages.js';
import { addOne, echo, pid } from './tasks.js';

const tasks: Readonly<Record<string, (value: never) => unknown>> = { addOne, echo, pid };

process.on('message', ({ id, task, value }: Request) => {
  const answer: Answer = { id, value: tasks[task]?.(value as never) };
  process.send?.(answer);
});
