import { describe, expect, test } from 'vitest';
import { registerBacking } from '../../src/transfer/backing.js';
import { decode } from '../../src/transfer/decoder.js';
import { encode } from '../../src/transfer/encode.js';
import { registerShareable } from '../../src/transfer/shareable.js';
import { transfer } from '../../src/transfer/transfer.js';
import { portrait, refusal, roundTrip } from './round-trip.js';

describe('transfer', () => {
  test('detaches every buffer in the value, and only when the message is committed', () => {
    const value = { numbers: Float64Array.of(1, 2), more: [new ArrayBuffer(8)], view: new DataView(new ArrayBuffer(4)) };
    const encoded = encode([transfer(value), new Uint8Array(3)], 'item');
    expect([value.numbers.length, value.more[0]!.byteLength, value.view.byteLength]).toEqual([2, 8, 4]);
    encoded.commit();
    expect([value.numbers.length, value.more[0]!.byteLength, value.view.buffer.byteLength]).toEqual([0, 0, 0]);
    encoded.commit();
  });

  test('sends the value as it would be without', () => {
    const value = { numbers: Float64Array.of(1, 2), text: 'x' };
    expect(portrait(roundTrip([transfer(value), value, transfer(value)]))).toBe(portrait(structuredClone([value, value, value])));
  });

  test('leaves buffers outside of the wrapper attached', () => {
    const kept = new Uint8Array(4);
    const given = new Uint8Array(4);
    encode([kept, transfer(given), kept], 'item').commit();
    expect([kept.length, given.length]).toEqual([4, 0]);
  });

  test('with a list detaches those of the list alone', () => {
    const [a, b] = [new Uint8Array(4), new ArrayBuffer(4)];
    const value = { a, b, c: new Uint8Array(4) };
    const encoded = encode(transfer(value, [a, b]), 'item');
    encoded.commit();
    expect([a.length, b.byteLength, value.c.length]).toEqual([0, 0, 4]);
  });

  test('detaches nothing when the message is not sent', () => {
    const given = new Uint8Array(4);
    expect(refusal([transfer(given), () => 1]).message).toMatch(/^args\[1\] is a function/);
    encode(transfer(given), 'item');
    encode('another message', 'item').commit();
    expect(given.length).toBe(4);
  });

  test('copies pooled Buffers and leaves the pool alone', () => {
    const small = Buffer.from('abc');
    encode(transfer([small]), 'item').commit();
    expect(small.toString()).toBe('abc');
    expect(() => transfer(small, [small])).toThrow(/list\[0\] is a Buffer in Node's pool/);
  });

  test('leaves session memory attached: it travels by reference', () => {
    const memory = new ArrayBuffer(8);
    registerBacking(memory, { type: 'test.moved', block: { id: 1, generation: 1 } });
    registerShareable('test.moved', { module: import.meta.url, rebuild: () => memory });
    encode(transfer(new Uint8Array(memory)), 'item').commit();
    encode(transfer(memory, [memory]), 'item').commit();
    expect(memory.byteLength).toBe(8);
  });

  test('sends a copy of memory that cannot be detached', () => {
    const { buffer } = new (
      globalThis as unknown as { WebAssembly: { Memory: new (size: object) => { buffer: ArrayBuffer } } }
    ).WebAssembly.Memory({
      initial: 1,
    });
    const encoded = encode(transfer(new Uint8Array(buffer, 0, 8)), 'item');
    encoded.commit();
    expect(buffer.byteLength).toBe(65_536);
  });

  test('returns primitives as they are and refuses a list of other things', () => {
    expect(transfer(5)).toBe(5);
    expect(transfer(null)).toBeNull();
    expect(() => transfer({}, 'x' as never)).toThrow(/the list must be an array/);
    expect(() => transfer({}, [{}] as never)).toThrow(/list\[0\] is neither/);
    expect(() => transfer({}, [new SharedArrayBuffer(1)] as never)).toThrow(/list\[0\] is neither/);
  });

  test('inside of what could not be sent with an error gives nothing away', () => {
    const [given, kept] = [new Uint8Array(4), new Uint8Array(4)];
    const error = Object.assign(new Error('x'), { bad: transfer({ given, f: () => 1 }), kept });
    encode(error, 'item').commit();
    expect([given.length, kept.length]).toEqual([4, 4]);
  });

  test('of a message that is kept detaches when the kept one is committed', () => {
    const given = new Uint8Array(4).fill(1);
    const kept = encode(transfer(given), 'item').keep();
    encode('another message', 'item').commit();
    expect(given.length).toBe(4);
    kept.commit();
    expect(given.length).toBe(0);
    const bytes = Buffer.from(kept.bytes.buffer as ArrayBuffer, kept.bytes.byteOffset, kept.length);
    expect(decode(bytes, 0, kept.length)).toEqual(new Uint8Array(4).fill(1));
  });

  test('names the path through the wrapper', () => {
    expect(refusal([transfer({ f: () => 1 })]).message).toMatch(/^args\[0\]\.f is a function/);
  });
});
