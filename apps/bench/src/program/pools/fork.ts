import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer } from './messages.js';
import { RoundRobin, type Peer } from './round-robin.js';
import type { OpenPool } from './task-pool.js';

/** `child_process.fork` and tasks in turn; the variant is the serialization of the channel. */
export const open: OpenPool = ({ workers }, variant) => {
  const serialization = variant === 'advanced' ? 'advanced' : 'json';
  const program = fileURLToPath(new URL('./fork-worker.js', import.meta.url));
  const children = Array.from({ length: workers }, () => fork(program, { serialization }));
  const robin = new RoundRobin(children.map(peerOf));
  return {
    run: (task, value) => robin.run(task, value),
    close: () => Promise.all(children.map(async (child) => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    })),
  };
};

function peerOf(child: ChildProcess): Peer {
  return {
    send: (request) => void child.send(request),
    listen(onAnswer, onLost) {
      child.on('message', (answer) => onAnswer(answer as Answer));
      child.on('exit', (code, signal) => onLost(new Error(`A child ended early (exit code ${code}, signal ${signal}).`)));
    },
  };
}
