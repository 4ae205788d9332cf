import { poolWork, type PoolKind, type PoolStep } from '../scenario/pool-work.js';
import { nodeProgram, type Contender } from './contender.js';

interface NodePool {
  readonly name: string;
  /** Its file in `src/program/pools`. */
  readonly program: string;
  readonly variant?: string;
  readonly kind: PoolKind;
  /** What it cannot do: take over memory, or send bytes as bytes. */
  readonly without?: readonly PoolStep[];
}

/** A pool of Node, in the rows of the kind of workers it has. */
function nodePool({ name, program, variant, kind, without = [] }: NodePool): Contender {
  return {
    name,
    family: 'node',
    command: (work) => {
      const order = poolWork(work);
      if (order === undefined || order.kind !== kind || without.includes(order.step)) return undefined;
      return nodeProgram('pool', work, program, ...(variant === undefined ? [] : [variant]));
    },
  };
}

/** The pools that Node people have at hand, and what they write by hand. */
export const nodePools: readonly Contender[] = [
  nodePool({ name: 'tinypool, child_process', program: 'tinypool', kind: 'process' }),
  nodePool({ name: 'workerpool, process', program: 'workerpool', kind: 'process' }),
  nodePool({ name: 'poolifier, cluster', program: 'poolifier', kind: 'process' }),
  nodePool({ name: 'jest-worker', program: 'jest-worker', kind: 'process' }),
  // JSON makes an ordinary object of bytes: that would be another value.
  nodePool({ name: 'fork IPC in turn, json', program: 'fork', variant: 'json', kind: 'process', without: ['bytes'] }),
  nodePool({ name: 'fork IPC in turn, advanced', program: 'fork', variant: 'advanced', kind: 'process' }),
  nodePool({ name: 'piscina', program: 'piscina', kind: 'thread' }),
  nodePool({ name: 'tinypool, worker_threads', program: 'tinypool', kind: 'thread' }),
  nodePool({ name: 'workerpool, thread', program: 'workerpool', kind: 'thread' }),
  nodePool({ name: 'poolifier, thread', program: 'poolifier', kind: 'thread', without: ['moved'] }),
  nodePool({ name: 'postMessage in turn', program: 'message-port', kind: 'thread' }),
];
