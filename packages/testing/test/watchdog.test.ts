import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { SMALL, leakCheck, spawnFixture, watch } from '../src/index.js';
import { isRunning, readProcess } from '../src/proc/process-table.js';

let printed: MockInstance<typeof console.error>;

beforeEach(() => {
  printed = vi.spyOn(console, 'error').mockReturnValue(undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

it('lets work that ends in time pass, with its result or its error', async () => {
  expect(await watch(async () => 'done', { what: 'quick work' })).toBe('done');
  const failing = watch(() => Promise.reject(new RangeError('broken')), { what: 'failing work' });
  await expect(failing).rejects.toThrow(new RangeError('broken'));
  expect(printed).not.toHaveBeenCalled();
});

it('prints the tree of wedged work, orphans included, kills all of it, and fails', async () => {
  const leaks = leakCheck();
  let pids: number[] = [];
  const wedged = watch(
    async () => {
      const fixture = spawnFixture(new URL('./fixtures/wedged-tree.mjs', import.meta.url));
      pids = (await fixture.line(/^pids/)).split(' ').slice(1).map(Number);
      await fixture.done;
      // The tree is gone, yet this work is wedged for its own reasons.
      await new Promise(() => undefined);
    },
    { what: 'the wedged test', timeout: SMALL * 8 },
  );
  const message = await wedged.then(
    () => 'ended',
    (error: unknown) => String(error),
  );
  expect(pids).toHaveLength(3);
  for (const pid of [process.pid, ...pids]) expect(message).toMatch(new RegExp(`pid ${pid} \\(parent \\d+\\) state`));
  expect(message).toMatch(/^TestingError: watchdog: the wedged test is not done after/);
  expect(message).toMatch(/wedged-tree\.mjs child/);
  expect(printed).toHaveBeenCalledWith(expect.stringContaining('the wedged test'));
  for (const pid of pids) expect(message.split('killed: ')[1]).toContain(String(pid));
  await leaks.settle();
});

it('spares processes outside the tree', async () => {
  const bystander = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const facts = readProcess(bystander.pid as number);
  try {
    const fixture = spawnFixture(new URL('./fixtures/wedged-tree.mjs', import.meta.url), { timeout: SMALL * 4 });
    await expect(fixture.done).rejects.toMatchObject({ code: 'ERR_MANYCORE_TESTING_WATCHDOG' });
    expect(facts && isRunning(facts)).toBe(true);
  } finally {
    bystander.kill('SIGKILL');
    await once(bystander, 'exit');
  }
});
