import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The other end of a fork row: a program, and a promise that rejects when it ends before it is told to. */
export interface ForkChild {
  readonly child: ChildProcess;
  /** Never resolves. To be raced against whatever waits for the child. */
  readonly lost: Promise<never>;
  /** Closes the channel and waits for the end. */
  readonly finish: () => Promise<void>;
}

/**
 * Starts a peer program with a message channel in the serialization named by our second argument, and waits for its first message.
 * A third argument names another peer program.
 */
export async function startPeer(name: string): Promise<ForkChild> {
  const [, , work, serialization, other] = process.argv;
  if (work === undefined || (serialization !== 'json' && serialization !== 'advanced')) {
    throw new Error('The second argument is json or advanced.');
  }
  const child = fork(other ?? fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [work], { serialization });
  let finishing = false;
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lost = ended.then(([code, signal]): Promise<never> => {
    if (finishing) return new Promise(() => {});
    throw new Error(`The child ended early (exit code ${code}, signal ${signal}).`);
  });
  const finish = async (): Promise<void> => {
    finishing = true;
    child.disconnect();
    await ended;
  };
  await Promise.race([once(child, 'message'), lost]);
  return { child, lost, finish };
}
