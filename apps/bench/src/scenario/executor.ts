import { poolRow } from './pool-row.js';
import type { Scenario } from './scenario.js';

export const executorScenarios: readonly Scenario[] = [
  poolRow({
    id: 'executor-submit', title: 'ProcessPoolExecutor(2).submit round trip', operation: 'one task and its result, one in flight',
    isExecutor: true, kind: 'process', step: 'tasks', operations: 20_000, warmup: 10_000, reach: { free: 8, pinned: 1 }, goals: [{ kind: 'times-node', ratio: 3 }],
  }),
  poolRow({
    id: 'executor-64', title: 'ProcessPoolExecutor(2), 64 tasks in flight', operation: 'one task and its result, 64 in flight',
    isExecutor: true, kind: 'process', step: 'tasks', inFlight: 64, operations: 60_000, warmup: 20_000,
  }),
  poolRow({
    id: 'executor-pipelined', title: 'ProcessPoolExecutor(2), 1e4 tasks submitted at once', operation: 'one task and its result, all in flight',
    isExecutor: true, kind: 'process', step: 'tasks', inFlight: 10_000, operations: 10_000, warmup: 2_500,
  }),
  poolRow({
    id: 'executor-map-1e5', title: 'ProcessPoolExecutor(2).map of 1e5 trivial tasks', operation: 'one task of the map, in chunks of 1000',
    isExecutor: true, kind: 'process', step: 'map', chunkSize: 1_000, operations: 100_000, warmup: 10_000,
  }),
  poolRow({
    id: 'threadexecutor-submit', title: 'ThreadPoolExecutor(2).submit round trip', operation: 'one task and its result, one in flight',
    isExecutor: true, kind: 'thread', step: 'tasks', operations: 20_000, warmup: 10_000,
  }),
  poolRow({
    id: 'threadexecutor-64', title: 'ThreadPoolExecutor(2), 64 tasks in flight', operation: 'one task and its result, 64 in flight',
    isExecutor: true, kind: 'thread', step: 'tasks', inFlight: 64, operations: 60_000, warmup: 20_000,
  }),
];
