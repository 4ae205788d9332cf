/** The worker program of poolifier's cluster pool. */
import { ClusterWorker } from 'poolifier';
import { poolifierTasks } from './poolifier-tasks.js';

new ClusterWorker(poolifierTasks);
