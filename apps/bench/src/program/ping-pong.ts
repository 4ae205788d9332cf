import { arrivedAs, type Items } from './items.js';

/** A message channel as both `child_process` and `worker_threads` have it, event by event. */
export interface Channel {
  send(value: unknown): void;
  /** Replaces the listener. */
  receive(listener: (value: unknown) => void): void;
}

/**
 * Sends item after item, each when the echo of the one before came back the same. Events, not promises: it is the faster way for these
 * channels. Rejects at the first echo that differs.
 */
export function pingPong(channel: Channel, items: Items, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let i = 0;
    channel.receive((value) => {
      if (!items.same(value, i)) {
        reject(arrivedAs(value, i));
        return;
      }
      i++;
      if (i === count) resolve();
      else channel.send(items.make(i));
    });
    channel.send(items.make(0));
  });
}
