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
  });
});
