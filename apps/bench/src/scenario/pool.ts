import { mostNs, perSecond, poolRow, WORKERS } from './pool-row.js';
import type { Scenario } from './scenario.js';

const MIB = 2 ** 20;

const maps: readonly Scenario[] = [
  poolRow({
    id: 'pool-map-1e5', title: 'Pool(2).map of 1e5 trivial tasks', operation: 'one task of the map, in chunks of the default size',
    kind: 'process', step: 'map', mapSize: 100_000, operations: 300_000, warmup: 300_000, reach: { free: 1.5, pinned: 1 },
  }),
  poolRow({
    id: 'pool-map-chunk1', title: 'Pool(2).map, one task at a time', operation: 'one task of the map, each a chunk of its own',
    kind: 'process', step: 'map', mapSize: 20_000, chunkSize: 1, operations: 60_000, warmup: 100_000, reach: { free: 5, pinned: 1 },
  }),
];

const tasks: readonly Scenario[] = [
  poolRow({
    id: 'pool-apply', title: 'Pool(2).apply round trip', operation: 'one task and its result, one in flight',
    kind: 'process', step: 'tasks', operations: 20_000, warmup: 10_000, reach: { free: 8, pinned: 1 }, goals: [{ kind: 'times-node', ratio: 3 }],
  }),
  poolRow({
    id: 'pool-64', title: 'Pool(2), 64 tasks in flight', operation: 'one task and its result, 64 in flight',
    kind: 'process', step: 'tasks', inFlight: 64, operations: 60_000, warmup: 20_000, goals: [perSecond(150_000)],
  }),
  poolRow({
    id: 'threadpool-apply', title: 'ThreadPool(2).apply round trip', operation: 'one task and its result, one in flight',
    kind: 'thread', step: 'tasks', operations: 20_000, warmup: 10_000, goals: [mostNs(20_000)],
  }),
  poolRow({
    id: 'threadpool-64', title: 'ThreadPool(2), 64 tasks in flight', operation: 'one task and its result, 64 in flight',
    kind: 'thread', step: 'tasks', inFlight: 64, operations: 60_000, warmup: 20_000, goals: [perSecond(200_000)],
  }),
];

const bytes: readonly Scenario[] = [
  poolRow({
    id: 'pool-1m', title: 'Pool(2), 1 MiB there and back', operation: '1 MiB of bytes as argument and as result',
    kind: 'process', step: 'bytes', operations: 200, warmup: 50, goals: [mostNs(1e6)],
  }),
  // A thread pool of CPython hands over a reference.
  poolRow({
    id: 'threadpool-1m', title: 'ThreadPool(2), 1 MiB there and back, copied', operation: '1 MiB of bytes as argument and as result',
    kind: 'thread', step: 'bytes', operations: 200, warmup: 50, baseline: 'node', goals: [mostNs(1e6)],
  }),
  poolRow({
    id: 'threadpool-1m-transfer', title: 'ThreadPool(2), 1 MiB there and back, moved', operation: '1 MiB of bytes as argument and as result',
    kind: 'thread', step: 'moved', operations: 10_000, warmup: 10_000, baseline: 'node', goals: [mostNs(40_000)],
  }),
];

const pools: readonly Scenario[] = [
  poolRow({
    id: 'pool-first', title: 'New Pool(2) to its first result, cold', operation: 'the first pool of a program and one task',
    kind: 'process', step: 'first', operations: 1, warmup: 0, goals: [mostNs(25e6)],
  }),
  poolRow({
    id: 'pool-first-warm', title: 'New Pool(2) to its first result, warm', operation: 'a further pool of a program and one task',
    kind: 'process', step: 'first', operations: 10, warmup: 2, pauseMs: 500, goals: [mostNs(5e6)],
  }),
  poolRow({
    id: 'pool-memory', title: 'Private memory of an idle worker', operation: 'one worker that has done a task and rests',
    kind: 'process', step: 'memory', operations: WORKERS, warmup: 0, pauseMs: 500, baseline: 'node',
    figure: { name: 'private memory of one process', unit: 'bytes', of: ({ bytes: size }) => size ?? NaN }, goals: [{ kind: 'over-baseline', value: 5 * MIB }],
  }),
];

export const poolScenarios: readonly Scenario[] = [...maps, ...tasks, ...bytes, ...pools];
