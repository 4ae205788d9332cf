import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { AtomicWords, LOCK_QUEUE, lockBlocked, mapBuffer, native, session, tryLockQueued, unlock } from '@manycore/core/internal';
import { spawnFixture, until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { SLOT_BELL } from '../../src/session/layout.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const EPERM = 'EPERM';
const ESTALE = -116;
const ENOENT = -2;

describe('traps of the platform', () => {
  it('T2: nobody can shrink or grow the memory under a mapping', () => {
    const { fd } = session().inheritance;
    for (const size of [0, 2 ** 47]) {
      expect(() => ftruncateSync(fd, size)).toThrow(expect.objectContaining({ code: EPERM }));
    }
  });

  it('T3: a pending wait keeps the memory it waits in, whatever else is collected', async () => {
    const { kernel, waits, heap } = session();
    const wait = (): { promise: Promise<unknown>; ref: { id: number; generation: number } } => {
      const block = heap.allocate(256, 'test.t3');
      const { words } = block;
      lockBlocked(words, 0, kernel, Infinity);
      const promise = waits.wait(words, LOCK_QUEUE, (lookForDead) => tryLockQueued(words, 0, kernel, lookForDead), Infinity, undefined);
      return { promise, ref: { id: block.id, generation: block.generation } };
    };
    const { promise, ref } = wait();
    for (let i = 0; i < 10; i++) {
      gc();
      await turn();
    }
    const again = heap.acquire(ref, 'test.t3');
    unlock(again.words, 0, kernel);
    expect(await promise).toBe(0);
  });

  it('T5: a signal does not end a blocked wait early', async () => {
    const { kernel, heap } = session();
    const block = heap.allocate(256, 'test.t5');
    lockBlocked(block.words, 0, kernel, Infinity);
    // Signals itself all the time while this thread is blocked.
    const bell = new Worker(`setInterval(() => process.kill(process.pid, 'SIGWINCH'), 2)`, { eval: true });
    const handler = (): void => undefined;
    process.on('SIGWINCH', handler);
    const start = performance.now();
    expect(lockBlocked(block.words, 0, kernel, performance.now() + 150)).toBeUndefined();
    expect(performance.now() - start).toBeGreaterThanOrEqual(149);
    process.off('SIGWINCH', handler);
    await bell.terminate();
  });

  it('T6: signal handlers run after a blocked wait, not during it', async () => {
    await using program = spawnFixture(new URL('../fixtures/blocked-with-handler.mjs', import.meta.url), { args: ['400'] });
    await until(() => program.lines.includes('blocked'), { what: 'the wait' });
    process.kill(program.pid, 'SIGUSR2');
    const { lines, exitCode } = await program.done;
    expect(lines).toEqual(['blocked', 'woken', 'handled']);
    expect(exitCode).toBe(0);
  });

  it('T6: a signal without a handler ends a thread that is blocked for ever', async () => {
    await using program = spawnFixture(new URL('../fixtures/blocked-with-handler.mjs', import.meta.url), { args: ['Infinity'] });
    await until(() => program.lines.includes('blocked'), { what: 'the wait' });
    process.kill(program.pid, 'SIGTERM');
    expect((await program.done).signal).toBe('SIGTERM');
  });

  it('T10: a window outside of the memory is refused before it is mapped', () => {
    const { fd } = session().inheritance;
    for (const [offset, length] of [
      [2 ** 46, 4096],
      [-4096, 4096],
      [0, 0],
      [2 ** 46 - 4096, 8192],
      [NaN, 4096],
    ] as const) {
      expect(() => mapBuffer(fd, offset, length)).toThrow(/damaged/);
    }
  });

  it('T11: programs that this process starts have neither the memory nor a doorbell', async () => {
    const { waits, slots, kernel } = session();
    await waits.wait(new AtomicWords(new Int32Array(64), 0), 0, () => undefined, performance.now() + 5, undefined);
    const doorbell = readlinkSync(`/proc/self/fd/${slots.word(kernel.slot, SLOT_BELL)}`);
    expect(doorbell).toMatch(/^pipe:/);
    const { stdout } = spawnSync('sh', ['-c', 'ls -l /proc/self/fd'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(stdout).toMatch(/ 1 -> /);
    expect(stdout).not.toMatch(/memfd/);
    // By its number, not by counting pipes: whoever started the tests may have left others open.
    expect(stdout).not.toContain(doorbell);
  });

  it('T14: a doorbell that nobody rings is silent', async () => {
    const addon = native();
    const bell = addon.createBell();
    if (typeof bell === 'number') throw new Error(`errno ${bell}`);
    let rings = 0;
    const watcher = addon.watch(bell[0], () => {
      rings++;
      addon.drainBell(bell[0]);
    });
    const ringer = addon.openBell(process.pid, bell[0], bell[2], bell[3]);
    expect(addon.ringBell(ringer)).toBe(0);
    addon.closeSocket(ringer);
    await until(() => rings === 1, { what: 'the ring' });
    for (let i = 0; i < 50; i++) await turn();
    expect(rings).toBe(1);
    addon.unwatch(watcher);
  });

  it('T15: only a doorbell is rung, not what happens to have its number', () => {
    const addon = native();
    const bell = addon.createBell();
    if (typeof bell === 'number') throw new Error(`errno ${bell}`);
    const [end, , low, high] = bell;
    const file = openSync('/dev/null', 'w');
    expect(addon.openBell(process.pid, file, low, high)).toBe(ESTALE);
    expect(addon.openBell(process.pid, end, low ^ 1, high)).toBe(ESTALE);
    expect(addon.openBell(process.pid, 9999, low, high)).toBe(ENOENT);
    expect(writeSync(file, 'still usable')).toBe(12);
    closeSync(file);
  });

  it('opens one description of the memory for each thread that takes part', () => {
    session();
    const count = readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes('memfd:manycore');
      } catch {
        return false;
      }
    }).length;
    expect(count).toBe(2);
  });
});
