/** Measures a Unix socket one way, with bytes as they are. */
import type { Socket } from 'node:net';
import { readFrames, writeBytes } from './frames.js';
import { itemsOf, type Items } from './items.js';
import { now, orderedWork, report } from './protocol.js';
import { startSocketPeer } from './socket-peer.js';

/** What the peer says after each phase: when it had checked the last item, and how many. */
interface Answer {
  readonly at: string;
  readonly checked: number;
}

const work = orderedWork();
const items = itemsOf(work.payload);
const { socket, lost, finish } = await startSocketPeer('socket-one-way-peer');
let answered: (answer: Answer) => void = () => {};
readFrames(socket, (message) => answered(JSON.parse(message.toString()) as Answer));

await Promise.race([sendAll(socket, items, work.warmup), lost]);
const start = now();
const ended = await Promise.race([sendAll(socket, items, work.operations), lost]);
await finish();
report(work, BigInt(ended.at) - start, { checked: ended.checked });

/** Sends `count` items, waiting whenever the socket says that its backlog is large; then for what the peer says about them. */
async function sendAll(to: Socket, source: Items, count: number): Promise<Answer> {
  const answer = new Promise<Answer>((resolve) => (answered = resolve));
  for (let i = 0; i < count; i++) {
    const bytes = source.make(i) as Uint8Array;
    await new Promise<void>((resolve) => {
      // After an error it waits for ever: the peer is lost, and that is what ends this program.
      const done = (error?: Error | null): void => void (error || resolve());
      if (writeBytes(to, bytes, done)) resolve();
    });
  }
  return answer;
}
