import { fileURLToPath } from 'node:url';
import type { Work } from '../scenario/work.js';
import type { Python } from '../pythons.js';
import type { Command, Contender } from './contender.js';

const SCRIPTS: Readonly<Record<string, string>> = {
  'lock-uncontended': 'lock_uncontended',
  'lock-contended': 'lock_two_processes',
  'lock-held': 'lock_two_processes',
  'lock-wait': 'lock_wait',
  'value-increment': 'value_increment',
  // CPython has no atomic operations: what it does instead is take the lock.
  'value-add': 'value_increment',
  'value-increment-contended': 'value_two_processes',
  'value-add-contended': 'value_two_processes',
  'view-fill': 'array_pass',
  'view-sum': 'array_pass',
  'event-set-wait': 'event_set_wait',
  'barrier-two': 'barrier_two',
  'condition-ping-pong': 'condition_ping_pong',
  'semaphore-uncontended': 'semaphore_uncontended',
  'semaphore-roundtrip': 'semaphore_round_trip',
  'queue-oneway-object': 'queue_one_way',
  'queue-oneway-20': 'queue_one_way',
  'queue-oneway-string': 'queue_one_way',
  'queue-oneway-1k': 'queue_one_way',
  'queue-oneway-1m': 'queue_one_way',
  'queue-roundtrip-blocking': 'queue_round_trip',
  // CPython has no promises here; its blocking round trip is what ours with promises is compared with, through a pipe as well.
  'queue-roundtrip-promises': 'queue_round_trip',
  'queue-2x2': 'queue_two_by_two',
  'queue-local': 'queue_local',
  'simplequeue-roundtrip-blocking': 'simple_queue_round_trip',
  'pipe-roundtrip-blocking': 'pipe_round_trip',
  'pipe-roundtrip-promises': 'pipe_round_trip',
  'pipe-oneway-1m': 'pipe_one_way',
  'array-1m-copy': 'array_copy',
  'array-64m-copy': 'array_copy',
  'array-1m-handle': 'array_handle',
  'array-64m-handle': 'array_handle',
  'array-64m-shared': 'array_shared',
  'start-join': 'start_join',
  'start-join-forkserver': 'start_join',
  'start-join-forkserver-burst': 'start_join',
  'pool-map-1e5': 'pool_map',
  'pool-map-chunk1': 'pool_map',
  'pool-apply': 'pool_tasks_in_flight',
  'pool-64': 'pool_tasks_in_flight',
  'threadpool-apply': 'pool_tasks_in_flight',
  'threadpool-64': 'pool_tasks_in_flight',
  'pool-1m': 'pool_bytes',
  'threadpool-1m': 'pool_bytes',
  'threadpool-1m-transfer': 'pool_bytes',
  'pool-first': 'pool_first',
  'pool-first-warm': 'pool_first',
  'pool-memory': 'pool_memory',
  'executor-submit': 'executor_tasks',
  'executor-64': 'executor_tasks',
  'executor-pipelined': 'executor_tasks',
  'executor-map-1e5': 'executor_map',
  'threadexecutor-submit': 'executor_tasks',
  'threadexecutor-64': 'executor_tasks',
  'manager-dict-get': 'manager',
  'manager-dict-set': 'manager',
  'manager-dict-get-64': 'manager',
  'manager-list-append': 'manager',
  'manager-queue': 'manager',
};

/** In which rows each start method takes part. */
const TAKES_PART: Readonly<Record<StartMethod, (scenario: string) => boolean>> = {
  fork: (scenario) => !scenario.startsWith('start-join-'),
  forkserver: (scenario) => scenario.startsWith('start-join'),
  spawn: (scenario) => scenario === 'start-join',
};

type StartMethod = 'fork' | 'spawn' | 'forkserver';

/** `multiprocessing` of one CPython, with start method fork: its fastest. */
export function cpython(python: Python): Contender {
  return { name: `CPython ${python.version}`, family: 'cpython', command: (work) => scriptFor(python, work, 'fork') };
}

/** The other start methods of one CPython; they differ in nothing but the start. */
export function cpythonStarting(python: Python, method: Exclude<StartMethod, 'fork'>): Contender {
  return {
    name: `CPython ${python.version} ${method}`,
    family: 'cpython',
    command: (work) => scriptFor(python, work, method),
  };
}

function scriptFor(python: Python, work: Work, method: StartMethod): Command | undefined {
  const script = SCRIPTS[work.scenario];
  if (script === undefined || !TAKES_PART[method](work.scenario)) return undefined;
  const path = fileURLToPath(new URL(`../../python/${script}.py`, import.meta.url));
  // -B: a bench leaves no compiled files beside its sources.
  return { file: python.executable, args: ['-B', path, JSON.stringify(work), method] };
}
