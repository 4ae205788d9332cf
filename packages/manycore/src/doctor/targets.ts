/** What runs in the processes that are measured. A file of its own: a child imports nothing else. */
import type { Connection } from '@manycore/queues';

export function nothing(): void {}

/** Sends back what comes, until the other end is closed. */
export function echo(connection: Connection): void {
  for (let value = connection.recvSync(); value !== null; value = connection.recvSync()) connection.sendSync(value);
}
