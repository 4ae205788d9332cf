import { describe, expect, it } from 'vitest';
import { LONG, MEDIUM, SHORT, SMALL, TestingError, until } from '../src/index.js';
import { spawnFixture } from '../src/index.js';

describe('delays', () => {
  it('grow from SHORT to LONG', () => {
    expect([SHORT, SMALL, MEDIUM, LONG]).toEqual([SHORT, SMALL, MEDIUM, LONG].toSorted((a, b) => a - b));
    expect(new Set([SHORT, SMALL, MEDIUM, LONG]).size).toBe(4);
  });

  it.each([
    { scale: '3', seen: '3' },
    { scale: '', seen: '1' },
  ])('are multiplied by MANYCORE_TEST_SCALE=$scale', async ({ scale, seen }) => {
    const program = new URL('./fixtures/print-scale.ts', import.meta.url);
    await using fixture = spawnFixture(program, { env: { MANYCORE_TEST_SCALE: scale } });
    expect((await fixture.succeeded()).lines).toEqual([`scale ${seen}`]);
  });

  it.each(['0', '-1', 'slow'])('refuse MANYCORE_TEST_SCALE=%s', async (scale) => {
    await using fixture = spawnFixture(new URL('./fixtures/print-scale.ts', import.meta.url), { env: { MANYCORE_TEST_SCALE: scale } });
    await expect(fixture.succeeded()).rejects.toThrow(/MANYCORE_TEST_SCALE must be a number above 0/);
  });
});

describe('until', () => {
  it('returns the first truthy answer, of a synchronous and of an asynchronous condition', async () => {
    let asked = 0;
    expect(await until(() => (++asked >= 3 ? `after ${asked}` : ''), { what: 'three questions' })).toBe('after 3');
    expect(await until(async () => ++asked >= 6 && asked, { what: 'three more' })).toBe(6);
  });

  it('fails with what was waited for, not before the time is up', async () => {
    const start = performance.now();
    const waiting = until(() => false, { what: 'the moon', timeout: SHORT });
    await expect(waiting).rejects.toThrow(/the moon/);
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_MANYCORE_TESTING_CONDITION' });
    expect(performance.now() - start).toBeGreaterThanOrEqual(SHORT - 1);
  });

  it('is bounded also while a condition never answers', async () => {
    const waiting = until(() => new Promise<boolean>(() => undefined), { what: 'an answer', timeout: SHORT });
    await expect(waiting).rejects.toBeInstanceOf(TestingError);
  });

  it('passes on the error of a condition', async () => {
    const failing = until(() => Promise.reject(new RangeError('broken')), { what: 'nothing' });
    await expect(failing).rejects.toThrow(new RangeError('broken'));
  });
});
