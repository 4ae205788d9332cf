/** The other end of `socket-one-way`: checks every item, and says after the warm-up and after the timed items when the last one was checked. */
import { readFrames, writeJson } from './frames.js';
import { itemsOf, mustBeSame } from './items.js';
import { now, orderedWork } from './protocol.js';
import { connectToStarter } from './socket-peer.js';

const work = orderedWork();
const items = itemsOf(work.payload);
const socket = connectToStarter();
const phases = [work.warmup, work.operations];
let checked = 0;

readFrames(socket, (message) => {
  mustBeSame(items, message, checked);
  checked++;
  if (checked < (phases[0] ?? 0)) return;
  writeJson(socket, { at: String(now()), checked });
  phases.shift();
  checked = 0;
});
