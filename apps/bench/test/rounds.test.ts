import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contenders } from '../src/contender/all.js';
import { MeasurementError, UsageError } from '../src/errors.js';
import { groupsFor, type Group } from '../src/run/groups.js';
import { rotated, runRounds } from '../src/run/rounds.js';
import { scenarios } from '../src/scenario/all.js';
import type { Outcome } from '../src/scenario/work.js';
import { contender, options, scenario } from './builders.js';

const three = ['a', 'b', 'c'].map((name) => contender(name));

function lockGroups(): Group[] {
  return groupsFor(scenarios, three, { ...options, filter: 'lock-uncontended' });
}

function good(group: Group, nsPerOp: number): string {
  const outcome: Outcome = { operations: group.work.operations, nsPerOp, evidence: { excluded: true } };
  return `${JSON.stringify(outcome)}\n`;
}

describe('runRounds', () => {
  it('measures all contenders in turn, begins each round with another, and throws the warm-up round away', async () => {
    const [group, ...none] = lockGroups() as [Group];
    const order: string[] = [];
    let time = 0;
    await runRounds([group], {
      rounds: 3,
      onMeasure: (round, _, row) => order.push(`${round}${row.contender.name}`),
      measure: () => Promise.resolve(good(group, ++time)),
    });
    expect(none).toEqual([]);
    expect(order).toEqual(['0a', '0b', '0c', '1b', '1c', '1a', '2c', '2a', '2b', '3a', '3b', '3c']);
    expect(group.rows.map(({ outcomes }) => outcomes.map(({ nsPerOp }) => nsPerOp))).toEqual([[6, 8, 10], [4, 9, 11], [5, 7, 12]]);
  });

  it('has no warm-up round when it is to run cold', async () => {
    const [group] = lockGroups() as [Group];
    const order: string[] = [];
    await runRounds([group], { rounds: 1, cold: true, onMeasure: (round, _, row) => order.push(`${round}${row.contender.name}`), measure: () => Promise.resolve(good(group, 1)) });
    expect(order).toEqual(['1b', '1c', '1a']);
    expect(group.rows.map(({ outcomes }) => outcomes.length)).toEqual([1, 1, 1]);
  });

  it('voids a row at its first failure, the warm-up included, and measures the others on', async () => {
    const [group] = lockGroups() as [Group];
    let ofB = 0;
    await runRounds([group], {
      rounds: 2,
      measure: ({ args }) => {
        if (!args[0]?.endsWith('b.mjs')) return Promise.resolve(good(group, 1));
        ofB++;
        return Promise.reject(new MeasurementError('broke'));
      },
    });
    expect(ofB).toBe(1);
    expect(group.rows.map(({ failure }) => failure)).toEqual([undefined, 'round 0: broke', undefined]);
    expect(group.rows.map(({ outcomes }) => outcomes.length)).toEqual([2, 0, 2]);
  });

  it('does not take a fault of the bench itself for a void row', async () => {
    await expect(runRounds(lockGroups(), { rounds: 1, measure: () => Promise.reject(new TypeError('a bug')) })).rejects.toThrow('a bug');
  });

  it('pins the pinned groups and no other', async () => {
    const groups = groupsFor(scenarios, [contender('a')], { ...options, filter: 'lock-uncontended', pin: 0 });
    const pins: unknown[] = [];
    await runRounds(groups, {
      rounds: 1,
      pin: 0,
      measure: (_, { pin }) => {
        pins.push(pin);
        return Promise.resolve(good(groups[0] as Group, 1));
      },
    });
    expect(groups.map(({ placement }) => placement)).toEqual(['free', 'pinned']);
    expect(pins).toEqual([undefined, 0, undefined, 0]);
  });
});

describe('groupsFor', () => {
  it('finds the filter at the beginning of words of ids and titles, whatever the case', () => {
    const ids = (filter: string) => groupsFor(scenarios, three, { ...options, filter }).map(({ scenario }) => scenario.id);
    expect(ids('LOCK')).toEqual(['lock-uncontended', 'lock-contended', 'lock-held', 'lock-wait']);
    expect(ids('semaphore')).toEqual(['semaphore-uncontended', 'semaphore-roundtrip']);
    expect(ids('start-j')).toEqual(['start-join', 'start-join-forkserver', 'start-join-forkserver-burst', 'start-join-thread']);
    expect(ids('pipe')).toEqual(['pipe-roundtrip-blocking', 'pipe-roundtrip-promises', 'pipe-oneway-1m', 'executor-pipelined']);
    expect(ids('MiB')).toEqual([
      'queue-oneway-1m', 'pipe-oneway-1m', 'array-1m-copy', 'array-64m-copy', 'array-1m-handle', 'array-64m-handle', 'array-64m-shared', 'pool-1m', 'threadpool-1m', 'threadpool-1m-transfer',
    ]);
    expect(ids('')).toHaveLength(scenarios.length);
  });

  it('refuses a filter that leaves nothing, and names what there is', () => {
    expect(() => groupsFor(scenarios, three, { ...options, filter: 'nothing' })).toThrow(UsageError);
    expect(() => groupsFor(scenarios, three, { ...options, filter: 'nothing' })).toThrow('lock-held');
  });
});

describe('scenarios', () => {
  it('have different ids, and a quick run does less of each that is of more than two', () => {
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
    for (const { work } of scenarios) expect(work(true).operations).toBeLessThan(Math.max(work(false).operations, 3));
  });

  it('carry their own id in their work, and have a program of every contender who is in all of them', () => {
    const [ours, python] = contenders([{ executable: 'python3', version: '3.13.0' }]);
    for (const { id, work } of scenarios) {
      expect(work(true).scenario).toBe(id);
      expect(ours?.command(work(true))).toBeDefined();
      if (id.startsWith('start-join-')) continue;
      const [, script] = python?.command(work(true))?.args ?? [];
      expect(existsSync(script ?? ''), `${id}: ${script}`).toBe(true);
    }
  });

  it.each([
    ['start-join', ['', ' forkserver', ' spawn']], ['start-join-forkserver', [' forkserver']], ['start-join-forkserver-burst', [' forkserver']],
    ['start-join-thread', []], ['pool-first', ['']], ['threadpool-64', ['']],
  ])('have of CPython, in %s, the start methods %j', (id, methods) => {
    const taking = contenders([{ executable: 'python3', version: '3.13.0' }]).filter(({ family, command }) => family === 'cpython' && command(scenario(id).work(true)) !== undefined);
    expect(taking.map(({ name }) => name)).toEqual(methods.map((method) => `CPython 3.13.0${method}`));
  });

  it('give both sides the same number of turns where two take turns', () => {
    for (const id of ['event-set-wait', 'condition-ping-pong']) {
      for (const quick of [true, false]) {
        const { operations, warmup } = scenario(id).work(quick);
        expect([operations % 2, warmup % 2]).toEqual([0, 0]);
      }
    }
  });

  it('give each of two producers and each of two consumers half of the items', () => {
    for (const quick of [true, false]) {
      const { operations, warmup } = scenario('queue-2x2').work(quick);
      expect([operations % 2, warmup % 2]).toEqual([0, 0]);
    }
  });

  it.each([
    ['queue-oneway-20', ['fork IPC, json', 'fork IPC, advanced']],
    ['queue-2x2', []],
    ['queue-roundtrip-promises', ['fork IPC, json', 'fork IPC, advanced', 'worker MessagePort']],
    ['pipe-roundtrip-blocking', []],
    ['pipe-roundtrip-promises', ['fork IPC, json', 'fork IPC, advanced', 'worker MessagePort', 'net Unix socket']],
    ['pipe-oneway-1m', ['fork IPC, advanced', 'net Unix socket']],
    ['array-64m-copy', []],
    ['start-join', ['bare node -e 0']],
    ['start-join-forkserver', []],
    ['start-join-thread', ['bare Worker']],
    ['pool-1m', ['tinypool, child_process', 'workerpool, process', 'poolifier, cluster', 'jest-worker', 'fork IPC in turn, advanced']],
    ['threadpool-1m-transfer', ['piscina', 'tinypool, worker_threads', 'workerpool, thread', 'postMessage in turn']],
    ['pool-memory', ['tinypool, child_process', 'workerpool, process', 'poolifier, cluster', 'jest-worker', 'fork IPC in turn, json', 'fork IPC in turn, advanced', 'bare idle node']],
  ])('have of Node, in %s: %j', (id, names) => {
    const taking = contenders([]).filter((each) => each.command(scenario(id).work(true)) !== undefined);
    expect(taking.map(({ name }) => name)).toEqual(['manycore', ...names]);
  });
});

describe('rotated', () => {
  it('begins later and loses nobody', () => {
    expect([0, 1, 5].map((by) => rotated([1, 2, 3], by))).toEqual([[1, 2, 3], [2, 3, 1], [3, 1, 2]]);
    expect(rotated([], 3)).toEqual([]);
  });
});
