/** The two ends of a socket row: a program that starts another one and listens for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SocketPeer {
  readonly socket: Socket;
  /** Never resolves; rejects when the peer ends before it is told to. To be raced against whatever waits for the peer. */
  readonly lost: Promise<never>;
  /** Closes the socket and waits for the end. */
  readonly finish: () => Promise<void>;
}

/** Starts a peer program with our work as its first argument, and waits until it has connected. A second argument of ours names another peer program. */
export async function startSocketPeer(name: string): Promise<SocketPeer> {
  const [, , work, other] = process.argv;
  if (work === undefined) throw new Error('This program is started by the bench, with its work as JSON in the first argument.');
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const path = join(folder, 'socket');
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    const child = spawn(process.execPath, [other ?? fileURLToPath(new URL(`./${name}.js`, import.meta.url)), work, path], { stdio: ['ignore', 'ignore', 'inherit'] });
    let finishing = false;
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const lost = ended.then(([code, signal]): Promise<never> => {
      if (finishing) return new Promise(() => {});
      throw new Error(`The peer ended early (exit code ${code}, signal ${signal}).`);
    });
    const [socket] = (await Promise.race([once(server, 'connection'), lost])) as [Socket];
    socket.on('error', () => {}); // It is closed, then: the end of the peer follows or came before, and `lost` says how.
    server.close();
    const finish = async (): Promise<void> => {
      finishing = true;
      socket.end();
      await ended;
    };
    return { socket, lost, finish };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The peer's side: connects to who started us. This program ends with the connection. */
export function connectToStarter(): Socket {
  const path = process.argv[3];
  if (path === undefined) throw new Error('The second argument is the path of the socket.');
  return connect(path);
}
