/** Measures `child_process.fork` IPC one way, parent to child. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { startPeer } from './fork-child.js';
import { itemsOf, type Items } from './items.js';
import { now, orderedWork, report } from './protocol.js';

/** What the child says after each phase: when it had checked the last item, and how many. */
interface Answer {
  readonly at: string;
  readonly checked: number;
}

const work = orderedWork();
const items = itemsOf(work.payload);
const { child, lost, finish } = await startPeer('fork-one-way-peer');

await Promise.race([sendAll(child, items, work.warmup), lost]);
const start = now();
const ended = await Promise.race([sendAll(child, items, work.operations), lost]);
await finish();
report(work, BigInt(ended.at) - start, { checked: ended.checked });

/** Sends `count` items, waiting whenever the channel says that its backlog is large; then for what the child says about them. */
async function sendAll(peer: ChildProcess, source: Items, count: number): Promise<Answer> {
  const answer = once(peer, 'message') as Promise<[Answer]>;
  for (let i = 0; i < count; i++) {
    const item = source.make(i) as object | string;
    await new Promise<void>((resolve, reject) => {
      const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
      if (peer.send(item, done)) resolve();
    });
  }
  return (await answer)[0];
}
