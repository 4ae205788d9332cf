import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEAD_PLACE, readStart, startOf, stretchAt } from '../src/pipe/stretches.js';

const outgoing = (head: number, payloads: number[]) => ({
  bytes: new Uint8Array(head),
  head,
  payloads: payloads.map((length) => new Uint8Array(length)),
  length: payloads.reduce((sum, length) => sum + length, head),
  refs: [],
  commit: () => undefined,
  keep: () => {
    throw new Error('not asked for');
  },
});

const lengths = fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 20 });

describe('a message in several places', () => {
  it('is walked through from its first byte to its last, each once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), lengths, (head, payloads) => {
        const { payloads: views, length } = outgoing(head, payloads);
        const seen: string[] = [];
        for (let at = 0; at < length; ) {
          const { place, from, size } = stretchAt(head, views, at);
          expect(from + size).toBe(place === HEAD_PLACE ? head : payloads[place]);
          // A part of it, as pieces are.
          const part = Math.min(size, 700);
          for (let i = 0; i < part; i++) seen.push(`${place} ${from + i}`);
          at += part;
        }
        expect(seen).toHaveLength(length);
        expect(new Set(seen).size).toBe(length);
      }),
      { numRuns: 50 },
    );
  });

  it('has a beginning that tells its lengths', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), lengths, (head, payloads) => {
        const message = outgoing(head, payloads);
        const { bytes, length } = startOf(message);
        expect(readStart(Buffer.from(bytes), length)).toEqual({ total: message.length, head, payloads });
      }),
    );
  });

  it('whose beginning is damaged has none', () => {
    const doubles = fc.array(fc.oneof(fc.double(), fc.integer({ min: -2, max: 100 })), { maxLength: 6 });
    fc.assert(
      fc.property(doubles, fc.integer({ min: 0, max: 7 }), (numbers, more) => {
        const bytes = Buffer.alloc(numbers.length * 8 + more);
        numbers.forEach((number, i) => bytes.writeDoubleLE(number, i * 8));
        const start = readStart(bytes, bytes.length);
        if (start === undefined) return;
        const { total, head, payloads } = start;
        expect([more, payloads.length]).toEqual([0, numbers.length - 1]);
        expect(payloads.reduce((sum, length) => sum + length, head)).toBe(total);
        for (const length of [head, ...payloads]) expect(Number.isInteger(length) && length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
