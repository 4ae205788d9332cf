/** Measures a pool row with the pool that the second argument names; the third names its variant. */
import type { PoolWork } from '../scenario/pool-work.js';
import { measurePool } from './pools/measure.js';
import type { OpenPool } from './pools/task-pool.js';
import { orderedWork } from './protocol.js';

const [, , , name = '', variant] = process.argv;
await measurePool(orderedWork() as PoolWork, await opener(name), variant);

/** Only the pool that is measured is loaded, before any clock starts. */
async function opener(pool: string): Promise<OpenPool> {
  switch (pool) {
    case 'manycore': return (await import('./pools/manycore.js')).open;
    case 'manycore-executor': return (await import('./pools/manycore-executor.js')).open;
    case 'fork': return (await import('./pools/fork.js')).open;
    case 'jest-worker': return (await import('./pools/jest-worker.js')).open;
    case 'message-port': return (await import('./pools/message-port.js')).open;
    case 'piscina': return (await import('./pools/piscina.js')).open;
    case 'poolifier': return (await import('./pools/poolifier.js')).open;
    case 'tinypool': return (await import('./pools/tinypool.js')).open;
    case 'workerpool': return (await import('./pools/workerpool.js')).open;
    default: throw new Error(`There is no pool '${pool}'.`);
  }
}
