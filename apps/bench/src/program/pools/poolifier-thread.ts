/** The worker program of poolifier's thread pool. */
import { ThreadWorker } from 'poolifier';
import { addOne, echo, pid } from './tasks.js';

// poolifier types a task's value as one that may be missing.
new ThreadWorker<unknown, unknown>({ addOne: (x) => addOne(x as number), echo, pid });
