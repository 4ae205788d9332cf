import { describe, expect, test } from 'vitest';
import { decode } from '../../src/transfer/decoder.js';
import { encode } from '../../src/transfer/encode.js';
import { message, roundTrip } from './round-trip.js';

describe('Buffers', () => {
  test('arrive as Buffers, on their own and inside', () => {
    const received = roundTrip({ small: Buffer.from('abc'), large: Buffer.alloc(100_000, 'xyz'), empty: Buffer.alloc(0) });
    expect(Buffer.isBuffer(received.small) && Buffer.isBuffer(received.large) && Buffer.isBuffer(received.empty)).toBe(true);
    expect([received.small.toString(), received.large.equals(Buffer.alloc(100_000, 'xyz')), received.empty.length]).toEqual([
      'abc',
      true,
      0,
    ]);
  });

  test('of the pool are sent without it', () => {
    expect(encode(Buffer.from('abc'), 'item').length).toBeLessThan(64);
    expect(message(Buffer.from('abc')).includes('secret neighbour')).toBe(false);
  });

  test('that are parts of an ordinary buffer still share it', () => {
    const whole = Buffer.alloc(100);
    const received = roundTrip([whole.subarray(10, 20), whole.subarray(15, 30)]);
    received[0]![5] = 42;
    expect(received[1]![0]).toBe(42);
  });
});

describe('large payloads', () => {
  test('64 MiB of doubles arrive unchanged, and their size is not kept afterwards', () => {
    const sent = new Float64Array(8 * 1024 * 1024);
    for (let i = 0; i < sent.length; i += 1000) sent[i] = i / 7;
    const encoded = encode(sent, 'item');
    const bytes = Buffer.from(encoded.bytes.buffer as ArrayBuffer, encoded.bytes.byteOffset, encoded.length);
    const received = decode(bytes, 0, bytes.length) as Float64Array;
    expect(Buffer.from(received.buffer).equals(Buffer.from(sent.buffer))).toBe(true);
    expect(encoded.bytes.byteLength).toBeGreaterThan(64 * 1024 * 1024);
    encoded.commit();
    expect(encoded.bytes.byteLength).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  test('the scratch of an uncommitted message is given up at the next one', () => {
    encode(new Uint8Array(20 * 1024 * 1024), 'item');
    expect(encode(1, 'item').bytes.byteLength).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  test('words and bytes are one memory', () => {
    const encoded = encode(new Int32Array([1, 2, 3]), 'item');
    expect(encoded.words.buffer).toBe(encoded.bytes.buffer);
    expect(encoded.words.byteOffset).toBe(encoded.bytes.byteOffset);
    expect(encoded.words.byteOffset % 8).toBe(0);
  });
});

describe('decoding', () => {
  test('leaves nothing in common with the bytes', () => {
    const bytes = message({ a: Buffer.alloc(100_000, 1), b: new Uint8Array(100_000).fill(1), c: Array.from({ length: 100 }, (_, i) => i) });
    const received = decode(bytes, 0, bytes.length);
    bytes.fill(0xff);
    expect(received).toEqual({
      a: Buffer.alloc(100_000, 1),
      b: new Uint8Array(100_000).fill(1),
      c: Array.from({ length: 100 }, (_, i) => i),
    });
  });

  test('of bytes that are owned makes large Buffers without a copy, small ones and other views with one', () => {
    const bytes = message({ large: Buffer.alloc(100_000, 1), small: Buffer.alloc(20_000, 1), floats: new Float64Array(100_000) });
    const received = decode(bytes, 0, bytes.length, { own: true }) as Record<string, Uint8Array>;
    expect(received.large!.buffer).toBe(bytes.buffer);
    expect(received.small!.buffer).not.toBe(bytes.buffer);
    expect([received.floats!.buffer.byteLength, received.floats!.byteOffset]).toEqual([800_000, 0]);
    expect(received.large).toEqual(Buffer.alloc(100_000, 1));
  });

  test('of owned bytes makes a Buffer that is most of its message without a copy, however small', () => {
    const bytes = message(Buffer.alloc(1000, 1));
    expect((decode(bytes, 0, bytes.length, { own: true }) as Buffer).buffer).toBe(bytes.buffer);
    const rest = message([Buffer.alloc(1000, 1), 'x'.repeat(2000)]);
    expect((decode(rest, 0, rest.length, { own: true }) as [Buffer, string])[0].buffer).not.toBe(rest.buffer);
  });

  test('of owned bytes keeps two Buffers over one buffer together', () => {
    const whole = Buffer.alloc(200_000, 7);
    const bytes = message([whole, whole.subarray(5, 100_000)]);
    const [a, b] = decode(bytes, 0, bytes.length, { own: true }) as [Buffer, Buffer];
    a[5] = 1;
    expect(b[0]).toBe(1);
    expect(b.length).toBe(99_995);
  });

  test.each([0, 8, 3, 1001])('works at offset %i and from shared memory', (offset) => {
    const value = { doubles: [1.5, 2.5], list: Array.from({ length: 50 }, (_, i) => i / 3), view: Float64Array.of(1, 2), text: 'é日' };
    const bytes = message(value);
    for (const Memory of [ArrayBuffer, SharedArrayBuffer]) {
      const memory = Buffer.from(new Memory(offset + bytes.length + 5) as ArrayBuffer);
      memory.set(bytes, offset);
      expect(decode(memory, offset, offset + bytes.length)).toEqual(value);
    }
  });

  test('refuses a range that is not in the bytes', () => {
    expect(() => decode(Buffer.alloc(4), 0, 5)).toThrow(RangeError);
    expect(() => decode(Buffer.alloc(4), 3, 2)).toThrow(RangeError);
    expect(() => decode(Buffer.alloc(4), -1, 2)).toThrow(RangeError);
  });
});
