import { MessageChannel } from 'node:worker_threads';
import { transfer } from '@manycore/core';
import { encodeApart } from '@manycore/core/internal';
import { Pool, WorkerLostError } from '@manycore/process';
import { describe, expect, it } from 'vitest';
import { Ferry } from '../../src/pool/ferry.js';
import { echo, endThread, passOn, passOnAt } from '../fixtures/pool-tasks.mjs';
import { caught, gate, METHODS } from './helpers.js';

const BYTES = 256 * 1024;
const filled = (seed: number, bytes = BYTES): Uint8Array<ArrayBuffer> => new Uint8Array(bytes).map((_, i) => i + seed);
const isFilled = (array: Uint8Array, seed: number): boolean => array.every((byte, i) => byte === ((i + seed) & 255));

describe.each(METHODS)('buffers given to a pool (%s)', (startMethod) => {
  it('arrive whole and are detached here, whether one call is underway or many', async () => {
    await using pool = new Pool(2, { startMethod });
    const arrays = Array.from({ length: 12 }, (_, i) => filled(i));
    const results = arrays.map((array) => pool.apply(passOn, [transfer({ array, view: array.subarray(5, 9), note: 'x'.repeat(10_000) })]));
    for (const [i, result] of results.entries()) {
      const { array, view } = await result;
      expect(isFilled(array, i)).toBe(true);
      expect([view.buffer, view.byteOffset, view.length]).toEqual([array.buffer, 5, 4]);
      expect(arrays[i]!.byteLength).toBe(0);
    }
    for (let i = 0; i < 5; i++) {
      const sent = filled(i);
      expect(isFilled(await pool.apply(passOn, [sent], { transfer: [sent] }), i)).toBe(true);
      expect(sent.byteLength).toBe(0);
    }
  });

  it('stay here when they are only copied, also next to one that is given away', async () => {
    await using pool = new Pool(1, { startMethod });
    const [given, kept] = [filled(1), filled(2)];
    const [first, second] = await pool.apply(echo, [[transfer(given), kept]]);
    expect([isFilled(first!, 1), isFilled(second!, 2), given.byteLength, isFilled(kept, 2)]).toEqual([true, true, 0, true]);
  });

  it('that cannot be let go of are copied', async () => {
    await using pool = new Pool(1, { startMethod });
    const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (size: object) => { buffer: ArrayBuffer } } }).WebAssembly;
    const memory = new Memory({ initial: 2 });
    const bytes = new Uint8Array(memory.buffer);
    bytes[77] = 7;
    const received = await pool.apply(echo, [transfer({ bytes })]);
    expect([received.bytes[77], bytes.byteLength, bytes[77]]).toEqual([7, 131_072, 7]);
  });

  it('of a task that waits for its worker are there when its turn comes', async () => {
    await using pool = new Pool(1, { startMethod });
    using busy = gate();
    const [first, second] = [filled(1), filled(2)];
    const running = pool.apply(passOnAt, [busy.theirs, transfer(first)]);
    await busy.begun();
    const waiting = pool.apply(passOn, [transfer(second)]);
    expect(second.byteLength).toBe(0);
    await busy.open();
    expect([isFilled(await running, 1), isFilled(await waiting, 2)]).toEqual([true, true]);
  });

  it('are kept for another attempt where there may be one', async () => {
    await using pool = new Pool(1, { startMethod });
    const array = filled(3);
    expect(await caught(pool.apply(endThread, [transfer(array)], { retries: 1 }))).toBeInstanceOf(WorkerLostError);
    expect(isFilled(await pool.apply(passOn, [transfer(filled(4))]), 4)).toBe(true);
  });
});

describe('a ferry', () => {
  function ferries(): { near: Ferry; far: Ferry; [Symbol.dispose](): void } {
    const { port1, port2 } = new MessageChannel();
    const [near, far] = [new Ferry(port1), new Ferry(port2)];
    return { near, far, [Symbol.dispose]: () => near.close() };
  }

  it('moves the payloads of a message that gives them all away, and leaves the rest of it', () => {
    using both = ferries();
    const array = filled(1);
    const message = encodeApart(transfer([array, 'text']), 'args');
    expect(both.near.move(message, 7)).toBe(true);
    expect([array.byteLength, message.payloads.length, message.length]).toEqual([0, 0, message.head]);
    message.commit();
    expect(isFilled(new Uint8Array(both.far.collect(7)[0]!), 1)).toBe(true);
  });

  it('moves copies of payloads that are not given away', () => {
    using both = ferries();
    const [given, kept] = [filled(1), filled(2)];
    const message = encodeApart([transfer(given), kept], 'args');
    expect(both.near.move(message, 7)).toBe(true);
    message.commit();
    kept.fill(0);
    const [first, second] = both.far.collect(7);
    expect([given.byteLength, kept.byteLength]).toEqual([0, BYTES]);
    expect([isFilled(new Uint8Array(first!), 1), isFilled(new Uint8Array(second!), 2)]).toEqual([true, true]);
  });

  it.each([
    ['are many bytes and not given away', () => encodeApart([transfer(filled(1)), new Uint8Array(16 * 2 ** 20 + 1)], 'args')],
    ['are in a message kept for another attempt', () => encodeApart(transfer([filled(1)]), 'args').keep()],
    ['go with a large head', () => encodeApart([transfer(filled(1)), 'x'.repeat(5000)], 'args')],
  ])('does not move payloads that %s', (_, make) => {
    using both = ferries();
    const message = make();
    const { payloads, length } = message;
    expect(both.near.move(message, 1)).toBe(false);
    expect([message.payloads, message.length]).toEqual([payloads, length]);
    expect(payloads.length).toBeGreaterThan(0);
  });

  it('passes over buffers of messages that were not sent, and says when there are none', () => {
    using both = ferries();
    both.near.move(encodeApart(transfer([filled(1)]), 'args'), 1);
    both.near.move(encodeApart(transfer([filled(2)]), 'args'), 2);
    expect(isFilled(new Uint8Array(both.far.collect(2)[0]!), 2)).toBe(true);
    expect(() => both.far.collect(3)).toThrow(/the buffers of message 3/);
  });
});
