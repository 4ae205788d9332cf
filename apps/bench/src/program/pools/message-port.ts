import { Worker } from 'node:worker_threads';
import type { Answer } from './messages.js';
import { RoundRobin, type Peer } from './round-robin.js';
import type { OpenPool } from './task-pool.js';

/** Worker threads and tasks in turn. */
export const open: OpenPool = ({ workers }) => {
  const threads = Array.from({ length: workers }, () => new Worker(new URL('./message-port-worker.js', import.meta.url)));
  const robin = new RoundRobin(threads.map(peerOf));
  return {
    run: (task, value) => robin.run(task, value),
    move: (bytes) => robin.run('echoMoved', bytes, bytes.buffer),
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  };
};

function peerOf(thread: Worker): Peer {
  return {
    send: (request, moved) => thread.postMessage(request, moved === undefined ? [] : [moved]),
    listen(onAnswer, onLost) {
      thread.on('message', (answer: Answer) => onAnswer(answer));
      thread.on('error', onLost);
      thread.on('exit', (code) => onLost(new Error(`A worker ended early (exit code ${code}).`)));
    },
  };
}
