/** The worker program of poolifier's thread pool. */
import { ThreadWorker } from 'poolifier';
import { poolifierTasks } from './poolifier-tasks.js';

new ThreadWorker(poolifierTasks);
