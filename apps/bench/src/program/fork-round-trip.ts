/** Measures `child_process.fork` IPC there and back. */
import { startPeer } from './fork-child.js';
import { itemsOf } from './items.js';
import { pingPong, type Channel } from './ping-pong.js';
import { now, orderedWork, report } from './protocol.js';

const work = orderedWork();
const items = itemsOf(work.payload);
const { child, lost, finish } = await startPeer('fork-round-trip-peer');
const channel: Channel = {
  send: (value) => void child.send(value as object),
  receive: (listener) => void child.removeAllListeners('message').on('message', listener),
};

await Promise.race([pingPong(channel, items, work.warmup), lost]);
const start = now();
await Promise.race([pingPong(channel, items, work.operations), lost]);
const elapsed = now() - start;
await finish();
report(work, elapsed, { checked: work.operations });
