/** The child of `fork-one-way`: checks every item, and says after the warm-up and after the timed items when the last one was checked. */
import { itemsOf, mustBeSame } from './items.js';
import { now, orderedWork } from './protocol.js';

const work = orderedWork();
const items = itemsOf(work.payload);
const phases = [work.warmup, work.operations];
let checked = 0;

process.on('message', (value) => {
  mustBeSame(items, value, checked);
  checked++;
  if (checked < (phases[0] ?? 0)) return;
  process.send?.({ at: String(now()), checked });
  phases.shift();
  checked = 0;
});
process.send?.('ready');
