/** Measures one scenario with the packages of this workspace. */
import type { Work } from '../scenario/work.js';
import { orderedWork } from './protocol.js';

type Measurement = (work: Work) => void | Promise<void>;

const work = orderedWork();
const measure = await measurementOf(work.scenario);
await measure(work);

/** Only what is measured is loaded. */
async function measurementOf(scenario: string): Promise<Measurement> {
  switch (scenario) {
    case 'lock-uncontended': return (await import('./measure/lock.js')).lockUncontended;
    case 'lock-contended':
    case 'lock-held': return (await import('./measure/lock.js')).lockOfTwo;
    case 'lock-wait': return (await import('./measure/lock-wait.js')).lockWait;
    case 'value-increment': return (await import('./measure/value.js')).valueIncrement;
    case 'value-add': return (await import('./measure/value.js')).valueAdd;
    case 'value-increment-contended': return (await import('./measure/value.js')).valueIncrementOfTwo;
    case 'value-add-contended': return (await import('./measure/value.js')).valueAddOfTwo;
    case 'view-fill':
    case 'view-sum': return (await import('./measure/view.js')).viewPasses;
    case 'event-set-wait': return (await import('./measure/event.js')).eventSetWait;
    case 'barrier-two': return (await import('./measure/barrier.js')).barrierTwo;
    case 'condition-ping-pong': return (await import('./measure/condition.js')).conditionPingPong;
    case 'semaphore-uncontended': return (await import('./measure/semaphore.js')).semaphoreUncontended;
    case 'semaphore-roundtrip': return (await import('./measure/semaphore.js')).semaphoreRoundTrip;
    case 'queue-oneway-object':
    case 'queue-oneway-20':
    case 'queue-oneway-string':
    case 'queue-oneway-1k':
    case 'queue-oneway-1m': return (await import('./measure/queue.js')).queueOneWay;
    case 'queue-roundtrip-blocking': return (await import('./measure/queue.js')).queueRoundTripBlocking;
    case 'queue-roundtrip-promises': return (await import('./measure/queue.js')).queueRoundTripPromises;
    case 'queue-2x2': return (await import('./measure/queue-two-by-two.js')).queueTwoByTwo;
    case 'queue-local': return (await import('./measure/queue.js')).queueLocal;
    case 'simplequeue-roundtrip-blocking': return (await import('./measure/simple-queue.js')).simpleQueueRoundTrip;
    case 'pipe-roundtrip-blocking': return (await import('./measure/pipe.js')).pipeRoundTripBlocking;
    case 'pipe-roundtrip-promises': return (await import('./measure/pipe.js')).pipeRoundTripPromises;
    case 'pipe-oneway-1m': return (await import('./measure/pipe.js')).pipeOneWay;
    case 'array-1m-copy':
    case 'array-64m-copy': return (await import('./measure/array.js')).arrayCopy;
    case 'array-1m-handle':
    case 'array-64m-handle': return (await import('./measure/array.js')).arrayHandle;
    case 'array-64m-shared': return (await import('./measure/array.js')).arrayShared;
    case 'start-join': return (await import('./measure/start.js')).startJoin;
    case 'start-join-forkserver':
    case 'start-join-forkserver-burst': return (await import('./measure/start.js')).startJoinForkserver;
    case 'start-join-thread': return (await import('./measure/start.js')).startJoinThread;
    case 'manager-dict-get': return (await import('./measure/manager.js')).managerDictGet;
    case 'manager-dict-set': return (await import('./measure/manager.js')).managerDictSet;
    case 'manager-dict-get-64': return (await import('./measure/manager.js')).managerDictGet64;
    case 'manager-list-append': return (await import('./measure/manager.js')).managerListAppend;
    case 'manager-queue': return (await import('./measure/manager.js')).managerQueue;
    default: throw new Error(`There is no measurement of '${scenario}' with manycore.`);
  }
}
