/** Proxies on their way, whose senders have ended: the objects of a server by themselves, with a clock that is made up. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PIN_MS } from '../src/protocol.js';
import { Referents } from '../src/server/referents.js';

class Dropped {
  times = 0;

  [Symbol.dispose](): void {
    this.times++;
  }
}

function setUp() {
  const referents = new Referents((error) => {
    throw error;
  });
  const object = new Dropped();
  const referent = referents.of(object, 'Dropped', {});
  referents.retain(referent);
  return { referents, referent, object };
}

describe('a pin', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('keeps the object for as long as its sender is there, and a minute longer', () => {
    const { referents, referent, object } = setUp();
    referents.pin(referent, 'token');
    referents.release(referent);
    vi.advanceTimersByTime(10 * PIN_MS);
    expect(object.times).toBe(0);

    referents.expire('token');
    vi.advanceTimersByTime(PIN_MS - 1);
    expect(object.times).toBe(0);
    vi.advanceTimersByTime(1);
    expect(object.times).toBe(1);
    expect([referents.size, referents.isPinned('token'), vi.getTimerCount()]).toEqual([0, false, 0]);
  });

  it('is counted from the first time that its sender was seen to be gone', () => {
    const { referents, referent, object } = setUp();
    referents.pin(referent, 'token');
    referents.release(referent);
    referents.expire('token');
    vi.advanceTimersByTime(PIN_MS / 2);
    referents.expire('token');
    vi.advanceTimersByTime(PIN_MS / 2);
    expect(object.times).toBe(1);
  });

  it('that was taken in time leaves the object to its receiver', () => {
    const { referents, referent, object } = setUp();
    referents.pin(referent, 'token');
    referents.release(referent);
    referents.expire('token');
    vi.advanceTimersByTime(PIN_MS - 1);
    referents.retain(referent);
    referents.unpin('token');
    vi.advanceTimersByTime(2 * PIN_MS);
    expect([object.times, vi.getTimerCount()]).toEqual([0, 0]);
    referents.release(referent);
    expect(object.times).toBe(1);
  });

  it('that comes after the proxy has arrived holds nothing, and one that comes more than a minute later does', () => {
    const { referents, referent, object } = setUp();
    referents.unpin('soon');
    referents.unpin('late');
    vi.advanceTimersByTime(PIN_MS - 1);
    referents.pin(referent, 'soon');
    vi.advanceTimersByTime(1);
    referents.pin(referent, 'late');
    expect([referents.isPinned('soon'), referents.isPinned('late')]).toEqual([false, true]);
    referents.release(referent);
    expect(object.times).toBe(0);
    referents.unpin('late');
    expect(object.times).toBe(1);
  });

  it('ends with the server, and drops each object once', () => {
    const { referents, referent, object } = setUp();
    referents.pin(referent, 'token');
    referents.unpin('early');
    referents.expire('token');
    referents.clear();
    expect([object.times, referents.size, vi.getTimerCount()]).toEqual([1, 0, 0]);
  });
});
