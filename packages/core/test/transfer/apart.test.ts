import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SerializationError } from '../../src/errors.js';
import { decode } from '../../src/transfer/decoder.js';
import { encode, encodeApart } from '../../src/transfer/encode.js';
import type { Encoded } from '../../src/transfer/encoded.js';
import { transfer } from '../../src/transfer/transfer.js';
import { portrait } from './round-trip.js';

const LARGE = 64 * 1024;

function filled(bytes: number, seed: number): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes);
  new Uint8Array(buffer).forEach((_, i, all) => (all[i] = i * 7 + seed));
  return buffer;
}

/** What a carrier does: copies the head, and each payload into a buffer of its own. */
function carry({ bytes, head, payloads }: Encoded): { head: Buffer; payloads: ArrayBuffer[] } {
  return { head: Buffer.from(bytes.subarray(0, head)), payloads: payloads.map((payload) => payload.slice().buffer as ArrayBuffer) };
}

function roundTrip(value: unknown): unknown {
  const { head, payloads } = carry(encodeApart(value, 'value'));
  return decode(head, 0, head.length, { payloads });
}

describe('buffers apart', () => {
  test('any mixture of buffers and views, shared or not, arrives as it was', () => {
    const buffer = fc.integer({ min: 0, max: 3 }).chain((n) => fc.constantFrom(...[0, 9, LARGE - 1, LARGE, LARGE + 8].map((bytes) => filled(bytes, n))));
    const item = fc.oneof(
      buffer,
      buffer.map((whole) => new Uint8Array(whole)),
      buffer.map((whole) => new Float64Array(whole, 0, Math.floor(whole.byteLength / 16))),
      buffer.map((whole) => Buffer.from(whole)),
      buffer.map((whole) => new DataView(whole, whole.byteLength >> 1)),
      fc.string(),
    );
    const value = fc.array(item, { maxLength: 6 }).chain((items) => fc.shuffledSubarray([...items, ...items]).map((shuffled) => ({ shuffled, map: new Map([['first', shuffled[0]]]) })));
    fc.assert(
      fc.property(value, (sent) => {
        // Portraits have every byte in them: too long to be shown.
        expect(portrait(roundTrip(sent)) === portrait(sent)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('the head has none of their bytes, the lengths add up, and a plain `encode` leaves nothing apart', () => {
    const value = { a: new Float64Array(100_000), b: 'text', c: filled(LARGE, 1) };
    const { head, payloads, length } = encodeApart(value, 'value');
    expect(payloads.map(({ byteLength }) => byteLength)).toEqual([800_000, LARGE]);
    expect(head).toBeLessThan(200);
    expect(length).toBe(head + 800_000 + LARGE);
    const whole = encode(value, 'value');
    expect([whole.payloads, whole.head]).toEqual([[], whole.length]);
    expect(whole.length).toBeGreaterThan(length - 200);
  });

  test('the scratch stays small', () => {
    expect(encodeApart(new Uint8Array(32 * 1024 * 1024), 'value').bytes.byteLength).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  test('of more than a carrier can tell of, the rest travels in the head', () => {
    const many = Array.from({ length: 1030 }, (_, i) => new Uint32Array(LARGE / 4).fill(i, 16_380).buffer);
    const message = encodeApart(many, 'value');
    expect(message.payloads).toHaveLength(1024);
    const { head, payloads } = carry(message);
    const received = decode(head, 0, head.length, { own: true, payloads }) as ArrayBuffer[];
    expect(received.every((buffer, i) => Buffer.from(buffer).equals(Buffer.from(many[i]!)))).toBe(true);
  });

  test('a message that is kept does not change with the buffers, and needs not keep what was sent', () => {
    const array = new Uint8Array(filled(LARGE, 1));
    const other = new Uint8Array(filled(LARGE, 2));
    const message = encodeApart([array, other], 'value');
    const { head } = message;
    const kept = message.keep(head + LARGE + 100);
    const expected = Buffer.from(other).subarray(100);
    array.fill(0);
    other.fill(0);
    expect(kept.payloads.map(({ length }) => length)).toEqual([LARGE, LARGE]);
    expect(Buffer.from(kept.payloads[1]!).subarray(100).equals(expected)).toBe(true);
    expect(kept.keep()).toBe(kept);
  });

  test('what `transfer` gives away is detached when the message is stored, not before', () => {
    const given = filled(LARGE, 3);
    const message = encodeApart(transfer({ given }), 'value');
    const { payloads } = carry(message);
    expect([given.byteLength, payloads[0]!.byteLength]).toEqual([LARGE, LARGE]);
    message.commit();
    expect(given.byteLength).toBe(0);
  });

  test('words behind the head leave the payloads where they are', () => {
    const message = encodeApart([filled(LARGE, 1)], 'value');
    const before = message.length - message.head;
    const { head } = message;
    const at = message.append(2);
    message.words[at] = 7;
    expect([message.length - message.head, message.payloads[0]!.byteLength]).toEqual([before, LARGE]);
    expect(message.head).toBe(at * 4 + 8);
    const { head: bytes, payloads } = carry(message);
    expect(decode(bytes, 0, head, { own: true, payloads })).toHaveLength(1);
  });

  test('a buffer that a getter detaches after it was met is refused', () => {
    const buffer = filled(LARGE, 1);
    const value = {
      buffer,
      get thief() {
        structuredClone(buffer, { transfer: [buffer] });
        return 1;
      },
    };
    expect(() => encodeApart(value, 'args[0]')).toThrow(new SerializationError('args[0] holds a buffer that was detached while args[0] was being read'));
  });

  test('an attempt of a value that was taken back leaves none of its buffers', () => {
    const error = new Error('with a detail that cannot be sent');
    Object.assign(error, { detail: [filled(LARGE, 1), () => 1] });
    const message = encodeApart([error, filled(LARGE, 2)], 'value');
    const { head, payloads } = carry(message);
    const [, received] = decode(head, 0, head.length, { own: true, payloads }) as [Error, ArrayBuffer];
    expect(Buffer.from(received).equals(Buffer.from(filled(LARGE, 2)))).toBe(true);
  });

  test('payloads that are missing or of another size are damage', () => {
    const { head, payloads } = carry(encodeApart([filled(LARGE, 1)], 'value'));
    for (const wrong of [undefined, [], [new ArrayBuffer(LARGE - 1)]]) {
      const options = wrong === undefined ? {} : { payloads: wrong };
      expect(() => decode(head, 0, head.length, options)).toThrow(/damaged: 65536 bytes beside it expected/);
    }
    expect(decode(head, 0, head.length, { payloads })).toHaveLength(1);
  });
});
