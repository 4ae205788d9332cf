import { activeChildren, getAllStartMethods, getContext, getStartMethod, Process, setForkserverPreload, setStartMethod } from '@manycore/process';
import { afterEach, describe, expect, it } from 'vitest';
import * as tasks from './fixtures/tasks.mjs';

const state = expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' });

afterEach(() => setStartMethod(null, { force: true }));

describe('the start method', () => {
  it('is forkserver unless another one is chosen, and is fixed by being asked for', () => {
    expect(getAllStartMethods()).toEqual(['forkserver', 'spawn', 'thread']);
    expect(getStartMethod({ allowNone: true })).toBeNull();
    expect(getStartMethod()).toBe('forkserver');
    expect(getStartMethod({ allowNone: true })).toBe('forkserver');
    expect(() => setStartMethod('spawn')).toThrow(state);
  });

  it('is chosen once, by force again, and reset by null', () => {
    setStartMethod('thread');
    expect(getStartMethod()).toBe('thread');
    expect(() => setStartMethod('spawn')).toThrow(state);
    expect(() => setStartMethod(null)).toThrow(state);
    setStartMethod('spawn', { force: true });
    expect(getStartMethod()).toBe('spawn');
    setStartMethod(null, { force: true });
    expect(getStartMethod({ allowNone: true })).toBeNull();
    setStartMethod(null);
    expect(getStartMethod({ allowNone: true })).toBe('forkserver');
  });

  it('is that of processes which say nothing themselves, and fixed by the start of one', async () => {
    setStartMethod('thread');
    const child = new Process({ target: tasks.nothing }).start();
    expect(child.pid).toBe(process.pid);
    await child.join();
    setStartMethod(null, { force: true });
    const own = new Process({ target: tasks.nothing, startMethod: 'thread' }).start();
    await own.join();
    expect(getStartMethod({ allowNone: true })).toBeNull();
    const other = new Process({ target: tasks.nothing }).start();
    await other.join();
    expect(getStartMethod({ allowNone: true })).toBe('forkserver');
  });

  it.each(['fork', 'SPAWN', 5, {}, ''])('is not %s', (wrong) => {
    for (const call of [
      () => setStartMethod(wrong as never),
      () => getContext(wrong as never),
      () => new Process({ startMethod: wrong as never }),
    ]) {
      expect(call).toThrow(expect.objectContaining({ name: 'TypeError', message: expect.stringContaining("'forkserver', 'spawn', 'thread'") }));
    }
  });
});

describe('a context', () => {
  it('is one object for each method, and says which', () => {
    for (const method of getAllStartMethods()) {
      const context = getContext(method);
      expect(getContext(method)).toBe(context);
      expect(context.getContext()).toBe(context);
      expect(context.getContext('spawn')).toBe(getContext('spawn'));
      expect(context.getStartMethod()).toBe(method);
      expect(() => context.setStartMethod('spawn', { force: true })).toThrow(state);
      expect(context.activeChildren).toBe(activeChildren);
    }
    expect(getStartMethod({ allowNone: true })).toBeNull();
  });

  it('of no method is that of the one in force, and fixes it', () => {
    expect(getContext()).toBe(getContext('forkserver'));
    expect(getStartMethod({ allowNone: true })).toBe('forkserver');
    setStartMethod('thread', { force: true });
    expect(getContext(null)).toBe(getContext('thread'));
  });

  it('makes processes of its method, which are Processes by name and class, unless they say otherwise', async () => {
    const { Process: ThreadProcess } = getContext('thread');
    const child = new ThreadProcess({ target: tasks.nothing });
    expect(child).toBeInstanceOf(Process);
    expect(child.name).toMatch(/^Process-\d+$/);
    await child.start().join();
    expect(child.pid).toBe(process.pid);
    const other = new ThreadProcess({ target: tasks.nothing, startMethod: 'spawn' }).start();
    await other.join();
    expect(other.pid).not.toBe(process.pid);
    expect(getStartMethod({ allowNone: true })).toBeNull();
  });
});

it.each([['a string'], [[5]], [['']], [undefined]])('setForkserverPreload refuses %j', (wrong) => {
  expect(() => setForkserverPreload(wrong as never)).toThrow(TypeError);
});
