/** Measures a worker thread's message channel there and back. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { itemsOf } from './items.js';
import { pingPong, type Channel } from './ping-pong.js';
import { now, orderedWork, report } from './protocol.js';

const work = orderedWork();
const items = itemsOf(work.payload);
const worker = new Worker(new URL('./message-port-peer.js', import.meta.url));
// An error in the worker rejects this one, through `once`.
await once(worker, 'online');
const lost = once(worker, 'exit').then(([code]): never => {
  throw new Error(`The worker ended early (exit code ${code}).`);
});
const channel: Channel = {
  send: (value) => worker.postMessage(value),
  receive: (listener) => void worker.removeAllListeners('message').on('message', listener),
};

await Promise.race([pingPong(channel, items, work.warmup), lost]);
const start = now();
await Promise.race([pingPong(channel, items, work.operations), lost]);
const elapsed = now() - start;
lost.catch(() => {}); // From here on its end is wanted.
await worker.terminate();
report(work, elapsed, { checked: work.operations });
