import { everyItemChecked } from './evidence.js';
import type { PoolKind, PoolStep, PoolWork } from './pool-work.js';
import type { Goal, Placement, Scenario } from './scenario.js';

export const WORKERS = 2;

interface PoolRow {
  readonly id: string;
  readonly title: string;
  readonly operation: string;
  readonly kind: PoolKind;
  readonly step: PoolStep;
  readonly isExecutor?: boolean;
  readonly operations: number;
  readonly warmup: number;
  readonly inFlight?: number;
  readonly mapSize?: number;
  readonly chunkSize?: number;
  readonly pauseMs?: number;
  readonly baseline?: Scenario['baseline'];
  readonly figure?: Scenario['figure'];
  readonly reach?: Readonly<Record<Placement, number>>;
  readonly goals?: readonly Goal[];
}

/** A row of two workers whose every result is compared. */
export function poolRow({ id, title, operation, kind, step, isExecutor = false, operations, warmup, inFlight = 1, mapSize, chunkSize, pauseMs, baseline = 'cpython', figure, reach, goals }: PoolRow): Scenario {
  return {
    id,
    title,
    operation,
    baseline,
    ...(figure === undefined ? {} : { figure }),
    ...(reach === undefined ? {} : { reach }),
    ...(goals === undefined ? {} : { goals }),
    work: (quick): PoolWork => ({
      scenario: id,
      kind,
      step,
      isExecutor,
      workers: WORKERS,
      inFlight,
      ...(mapSize === undefined ? {} : { mapSize }),
      ...(chunkSize === undefined ? {} : { chunkSize }),
      ...(pauseMs === undefined ? {} : { pauseMs }),
      // Fewer than two there are only where each is a program of its own.
      operations: quick ? Math.max(Math.min(2, operations), Math.ceil(operations / 10)) : operations,
      warmup: quick ? Math.ceil(warmup / 10) : warmup,
    }),
    verify: everyItemChecked,
  };
}

export const mostNs = (value: number): Goal => ({ kind: 'most', value });
export const perSecond = (rate: number): Goal => mostNs(1e9 / rate);
