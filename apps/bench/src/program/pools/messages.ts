/** What a hand-written pool and its workers say to one another, over `fork`'s channel and over message ports alike. */
import type { TaskName } from './task-pool.js';

export interface Request {
  readonly id: number;
  readonly task: TaskName;
  readonly value: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value: unknown;
}
