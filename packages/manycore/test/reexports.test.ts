import * as mp from 'manycore';
import { describe, expect, it } from 'vitest';

describe('the umbrella', () => {
  it('has each package', () => {
    const lock = new mp.Lock();
    const queue = new mp.Queue();
    queue.putSync(lock);
    expect(queue.getSync()).toBeInstanceOf(mp.Lock);
    expect(mp.isMainProcess).toBe(true);
    expect(mp.currentProcess().name).toBe('MainProcess');
    expect(mp.sharedBuffer(3).length).toBe(3);
    expect(new mp.QueueEmptyError('x')).toBeInstanceOf(mp.ManycoreError);
    expect(new mp.Future().state).toBe('PENDING');
    expect(new mp.SyncManager().address).toBeNull();
  });
});

describe('a context', () => {
  it.each(mp.getAllStartMethods())('%s has every name of the umbrella, bound to its method', (method) => {
    const context = mp.getContext(method);
    expect(Object.keys(context).sort()).toEqual(Object.keys(mp).sort());
    expect(context.getStartMethod()).toBe(method);
    expect(context.getContext()).toBe(context);
    expect(context.Lock).toBe(mp.Lock);
    expect(new context.Process()).toBeInstanceOf(mp.Process);
    expect(new context.ProcessPoolExecutor()).toBeInstanceOf(mp.ProcessPoolExecutor);
    expect(new context.SyncManager()).toBeInstanceOf(mp.SyncManager);
  });
});
