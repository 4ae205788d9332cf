import type { Python } from '../pythons.js';
import { bareNode } from './bare-node.js';
import type { Contender } from './contender.js';
import { cpython, cpythonStarting } from './cpython.js';
import { idleNode } from './idle-node.js';
import { manycore } from './manycore.js';
import { nodeFork } from './node-fork.js';
import { nodeMessagePort } from './node-message-port.js';
import { nodePools } from './node-pool.js';
import { nodeSocket } from './node-socket.js';
import { plainArray } from './plain-array.js';
import { workerThread } from './worker-thread.js';

/** Everybody who takes part, given the CPythons that are here. */
export function contenders(pythons: readonly Python[]): readonly Contender[] {
  return [
    manycore,
    ...pythons.flatMap((python) => [cpython(python), cpythonStarting(python, 'forkserver'), cpythonStarting(python, 'spawn')]),
    nodeFork('json'),
    nodeFork('advanced'),
    nodeMessagePort,
    nodeSocket,
    ...nodePools,
    bareNode,
    workerThread,
    idleNode,
    plainArray,
  ];
}
