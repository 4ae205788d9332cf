/** The worker of `message-port`: sends back what it gets. */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', (value) => parentPort?.postMessage(value));
