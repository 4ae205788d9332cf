import { describe, expect, it } from 'vitest';
import { MeasurementError } from '../src/errors.js';
import { measure } from '../src/run/measure.js';
import { acceptOutcome } from '../src/run/outcome.js';
import type { Evidence } from '../src/scenario/work.js';
import { fixture, scenario } from './builders.js';

const LIMIT_MS = 1_000;
const node = (...args: string[]) => ({ file: process.execPath, args });

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(MeasurementError);
  return (error as MeasurementError).message;
}

/** Waits for the end of a process named in a failure; the test's own time limit bounds the wait. */
async function gone(failure: string): Promise<void> {
  const pid = Number(/left (\d+)/.exec(failure)?.[1]);
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => runs(pid), { timeout: 20_000 }).toBe(false);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('measure', () => {
  it('gives what the program printed', async () => {
    expect(await measure(node(fixture('print'), '{"a":1}\n'))).toBe('{"a":1}\n');
  });

  it('says that a program could not be started', async () => {
    expect(await failureOf(measure({ file: 'no-such-program-here', args: [] }))).toMatch(/^could not be started: .*ENOENT/);
  });

  it('quotes the error of a program that failed, and kills what it left', async () => {
    const failure = await failureOf(measure(node(fixture('leave-child'), 'fail')));
    expect(failure).toMatch(/^ended with exit code 4: Error: left \d+$/);
    await gone(failure);
  });

  it('ends a program that takes too long, with everything it started', async () => {
    // Only what was started can be found ended: a limit that a slow machine needed for booting is tried again, twice as long.
    let limitMs = LIMIT_MS;
    let failure: string;
    do {
      failure = await failureOf(measure(node(fixture('leave-child'), 'wait'), { limitMs }));
      expect(failure).toMatch(new RegExp(`^gave no result within ${limitMs} ms`));
      limitMs *= 2;
    } while (!failure.includes('left'));
    await gone(failure);
  });

  it('names the signal that ended a program', async () => {
    expect(await failureOf(measure(node('-e', 'process.kill(process.pid, "SIGKILL")')))).toBe('was ended by SIGKILL');
  });

  it('is broken off by its signal, with the reason of it', async () => {
    const reason = new Error('enough');
    await expect(measure(node(fixture('leave-child'), 'wait'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const running = measure(node('-e', 'setInterval(() => {}, 1e6)'), { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('hides options and certificates of the shell from what is measured', async () => {
    process.env['NODE_OPTIONS'] = '--no-deprecation';
    try {
      expect(await measure(node('-p', 'String(process.env.NODE_OPTIONS) + Boolean(process.env.PATH)'))).toBe('undefinedtrue\n');
    } finally {
      delete process.env['NODE_OPTIONS'];
    }
  });
});

describe('acceptOutcome', () => {
  const accept = (id: string, evidence: Evidence, changes: object = {}) => {
    const work = { ...scenario(id).work(true), operations: 10 };
    return acceptOutcome(`${JSON.stringify({ operations: 10, nsPerOp: 5, evidence, ...changes })}\n`, scenario(id), work);
  };

  it('takes an outcome whose evidence is complete', () => {
    expect(accept('queue-oneway-object', { checked: 10 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('lock-contended', { counter: 10, shares: [4, 6] })).toMatchObject({ nsPerOp: 5 });
    expect(accept('lock-uncontended', { excluded: true })).toMatchObject({ nsPerOp: 5 });
    expect(accept('start-join', { ran: 10 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('lock-wait', { counter: 10, shares: [4, 6] }, { waits: { count: 10, p99Ns: 80 } })).toMatchObject({ waits: { p99Ns: 80 } });
    expect(accept('value-increment', { counter: 10 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('event-set-wait', { counter: 10, checked: 10 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('barrier-two', { counter: 10, checked: 20 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('condition-ping-pong', { counter: 10, checked: 10 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('semaphore-uncontended', { excluded: true })).toMatchObject({ nsPerOp: 5 });
    expect(accept('semaphore-roundtrip', { counter: 20, checked: 20 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('start-join-thread', { ran: 10 })).toMatchObject({ nsPerOp: 5 });
    expect(accept('pool-memory', { checked: 10 }, { bytes: 4096 })).toMatchObject({ bytes: 4096 });
    for (const id of ['pool-64', 'pool-map-1e5', 'queue-2x2', 'pipe-roundtrip-blocking', 'pipe-oneway-1m', 'array-64m-handle']) expect(accept(id, { checked: 10 })).toMatchObject({ nsPerOp: 5 });
  });

  it.each<[string, Evidence, RegExp]>([
    ['queue-oneway-object', { checked: 9 }, /9 of 10 items/],
    ['queue-roundtrip-promises', {}, /none of 10 items/],
    ['queue-local', { checked: 11 }, /11 of 10 items/],
    ['queue-2x2', { checked: 9 }, /9 of 10 items/],
    ['pipe-roundtrip-blocking', {}, /none of 10 items/],
    ['pipe-oneway-1m', { checked: 9 }, /9 of 10 items/],
    ['array-1m-copy', { checked: 9 }, /9 of 10 items/],
    ['array-64m-handle', {}, /none of 10 items/],
    ['lock-contended', { counter: 9, shares: [4, 6] }, /counter under the lock is 9 after 10/],
    ['lock-contended', { shares: [4, 6] }, /counter under the lock is missing/],
    ['lock-held', { counter: 10, shares: [4, 5] }, /report 9 acquisitions, the counter says 10/],
    ['lock-held', { counter: 10, shares: [10] }, /shares .* are missing/],
    ['lock-uncontended', { excluded: false }, /a second holder was let in/],
    ['lock-uncontended', {}, /a second holder was let in/],
    ['lock-wait', { counter: 9, shares: [4, 6] }, /counter under the lock is 9 after 10/],
    ['lock-wait', { counter: 10, shares: [4, 6] }, /none of 10 waits were measured/],
    ['value-increment', { counter: 9 }, /value is 9 after 10/],
    ['value-increment', {}, /value is missing after 10/],
    ['event-set-wait', { counter: 10, checked: 9 }, /9 of 10 turns/],
    ['event-set-wait', { counter: 11, checked: 10 }, /counter is 11 after 10 turns/],
    ['barrier-two', { counter: 10, checked: 10 }, /10 of 20 arrivals/],
    ['barrier-two', { counter: 9, checked: 20 }, /index 0 was given 9 times in 10 meetings/],
    ['condition-ping-pong', { checked: 10 }, /counter is missing after 10 turns/],
    ['semaphore-uncontended', {}, /a second holder was let in/],
    ['semaphore-roundtrip', { counter: 10, checked: 10 }, /10 of 20 turns/],
    ['pool-64', { checked: 9 }, /9 of 10 items/],
    ['pool-memory', {}, /none of 10 items/],
    ['start-join-forkserver', { ran: 9 }, /9 of 10 processes/],
    ['start-join', { ran: 9 }, /9 of 10 processes/],
  ])('refuses %s with %j', (id, evidence, message) => {
    expect(() => accept(id, evidence)).toThrow(MeasurementError);
    expect(() => accept(id, evidence)).toThrow(message);
  });

  it('refuses fewer waits than acquisitions', () => {
    expect(() => accept('lock-wait', { counter: 10, shares: [4, 6] }, { waits: { count: 9, p99Ns: 80 } })).toThrow('9 of 10 waits were measured');
  });

  it('refuses less work than ordered, however fast', () => {
    expect(() => accept('start-join', { ran: 9 }, { operations: 9 })).toThrow('did 9 operations where 10 were ordered');
  });

  it.each([
    { nsPerOp: 0 }, { nsPerOp: -1 }, { nsPerOp: '5' }, { nsPerOp: null }, { evidence: null }, { evidence: { shares: ['1', '9'] } },
    { waits: null }, { waits: { count: 1.5, p99Ns: 1 } }, { waits: { count: 1, p99Ns: 0 } }, { waits: { count: 1 } }, { bytes: 0 }, { bytes: '1' },
  ])('refuses %j', (changes) => {
    expect(() => accept('start-join', { ran: 10 }, changes)).toThrow(/printed no outcome/);
  });

  it.each([
    ['', /printed 0 lines/], ['{}\n{}\n', /printed 2 lines/], ['hello\n', /printed no JSON: hello/], ['7\n', /printed no outcome: 7/],
  ])('refuses output %j', (stdout, message) => {
    expect(() => acceptOutcome(stdout, scenario('start-join'), scenario('start-join').work(true))).toThrow(message);
  });
});
