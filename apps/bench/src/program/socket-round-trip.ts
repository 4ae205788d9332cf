/** Measures a Unix socket there and back, with values as JSON. */
import { readFrames, writeJson } from './frames.js';
import { itemsOf } from './items.js';
import { pingPong, type Channel } from './ping-pong.js';
import { now, orderedWork, report } from './protocol.js';
import { startSocketPeer } from './socket-peer.js';

const work = orderedWork();
const items = itemsOf(work.payload);
const { socket, lost, finish } = await startSocketPeer('socket-round-trip-peer');
let listener: (value: unknown) => void = () => {};
readFrames(socket, (message) => listener(JSON.parse(message.toString())));
const channel: Channel = {
  send: (value) => writeJson(socket, value),
  receive: (next) => void (listener = next),
};

await Promise.race([pingPong(channel, items, work.warmup), lost]);
const start = now();
await Promise.race([pingPong(channel, items, work.operations), lost]);
const elapsed = now() - start;
await finish();
report(work, elapsed, { checked: work.operations });
