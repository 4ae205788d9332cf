/** The referents of events and barriers, with clients that are made up. */
import { BrokenBarrierError } from '@manycore/sync';
import { describe, expect, it, vi } from 'vitest';
import { BarrierReferent } from '../../src/types/barrier.js';
import { EventReferent } from '../../src/types/event.js';
import { FakeClient, stateOf } from './fake-client.js';

vi.mock('../../src/server/caller.js', () => import('./fake-client.js'));

describe('the referent of Event', () => {
  it('ends the waits of all who wait, also when it is cleared at once', async () => {
    const event = new EventReferent();
    const waits = [1, 2].map(() => new FakeClient().call(() => event.wait()));
    event.set();
    event.clear();
    expect(await Promise.all(waits)).toEqual([true, true]);
    expect(event.isSet()).toBe(false);
    event.set();
    expect(new FakeClient().call(() => event.wait())).toBe(true);
  });

  it('gives false when the time is up, and rejects when the call is cancelled', async () => {
    const event = new EventReferent();
    const client = new FakeClient();
    expect(client.call(() => event.wait({ timeout: 0 }))).toBe(false);
    expect(await client.call(() => event.wait({ timeout: 1 }))).toBe(false);
    const { result, cancel } = client.cancellable(() => event.wait());
    cancel(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
  });
});

describe('the referent of Barrier', () => {
  const [one, two, three] = [new FakeClient(), new FakeClient(), new FakeClient()];
  const wait = (barrier: BarrierReferent, client: FakeClient, options?: object): Promise<number> => client.call(() => barrier.wait(options));

  it('lets all through together, each with the number of its arrival, again and again', async () => {
    const barrier = new BarrierReferent(3);
    for (let round = 0; round < 3; round++) {
      const early = [wait(barrier, one), wait(barrier, two)];
      expect(await stateOf(early[0])).toBe('pending');
      expect(barrier.nWaiting()).toBe(2);
      const late = wait(barrier, three);
      expect(await Promise.all([...early, late])).toEqual([0, 1, 2]);
      expect([barrier.nWaiting(), barrier.broken()]).toEqual([0, false]);
    }
    expect(one.held).toBe(0);
  });

  it.each([
    ['a party dies', (_barrier: BarrierReferent, client: FakeClient) => client.die(), /a party died that had come: Victim \(pid 99\)/, true],
    ['somebody aborts it', (barrier: BarrierReferent) => two.call(() => barrier.abort()), /broken by abort\(\)/, true],
    ['somebody resets it', (barrier: BarrierReferent) => two.call(() => barrier.reset()), /reset\(\) was called before/, false],
  ])('breaks for all who wait when %s', async (_title, end, message, isBroken) => {
    const barrier = new BarrierReferent(3);
    const victim = new FakeClient(99, 'Victim');
    wait(barrier, victim);
    const waiting = wait(barrier, one);
    end(barrier, victim);
    await expect(waiting).rejects.toThrow(message);
    expect(barrier.broken()).toBe(isBroken);
    if (isBroken) await expect(wait(barrier, two)).rejects.toThrow(BrokenBarrierError);
    two.call(() => barrier.reset());
    expect(barrier.broken()).toBe(false);
    expect(await Promise.all([wait(barrier, one), wait(barrier, two), wait(barrier, three)])).toEqual([0, 1, 2]);
  });

  it('breaks for all when the time of one is up, or its call is cancelled', async () => {
    const timed = new BarrierReferent(3, { timeout: 1 });
    const others = wait(timed, two, { timeout: Infinity });
    await expect(wait(timed, one)).rejects.toThrow(/the timeout of a wait passed/);
    await expect(others).rejects.toThrow(BrokenBarrierError);
    const left = new BarrierReferent(2);
    const { result, cancel } = one.cancellable(() => left.wait());
    cancel(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    await expect(wait(left, two)).rejects.toThrow(/a wait was aborted/);
    const impatient = new BarrierReferent(2);
    await expect(wait(impatient, one, { timeout: 0 })).rejects.toThrow(BrokenBarrierError);
  });

  it('runs the action once before anybody goes on; who comes meanwhile waits for its end', async () => {
    let finish!: () => void;
    let runs = 0;
    const action = (): Promise<void> => {
      runs++;
      return new Promise((resolve) => (finish = resolve));
    };
    const barrier = new BarrierReferent(2, null, action);
    const first = [wait(barrier, one), wait(barrier, two)];
    const next = wait(barrier, three);
    expect([await stateOf(first[0]), barrier.nWaiting(), runs]).toEqual(['pending', 0, 1]);
    finish();
    expect(await Promise.all(first)).toEqual([0, 1]);
    const last = wait(barrier, one);
    await stateOf(last);
    finish();
    expect(await Promise.all([next, last])).toEqual([0, 1]);
    expect(runs).toBe(2);
  });

  it('breaks when the action throws, whose error the last party gets', async () => {
    const barrier = new BarrierReferent(2, null, () => Promise.reject(new Error('no luck')));
    const first = wait(barrier, one);
    await expect(wait(barrier, two)).rejects.toThrow('no luck');
    await expect(first).rejects.toThrow(/the action failed/);
    expect(barrier.broken()).toBe(true);
  });

  it('refuses bad arguments', () => {
    expect(() => new BarrierReferent(0)).toThrow(RangeError);
    expect(() => new BarrierReferent('2' as never)).toThrow(TypeError);
    expect(() => new BarrierReferent(2, null, 1 as never)).toThrow(TypeError);
    expect(() => new BarrierReferent(2, { timeout: Number.NaN })).toThrow(TypeError);
  });
});
