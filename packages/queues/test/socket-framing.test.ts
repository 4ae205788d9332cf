import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headOf, readHead } from '../src/socket/framing.js';

describe('the head of a frame', () => {
  it.each([
    [0, '00000000'],
    [1, '00000001'],
    [0x7fff_ffff, '7fffffff'],
    [0x8000_0000, 'ffffffff0000000080000000'],
    [2 ** 40 + 3, 'ffffffff0000010000000003'],
  ])('of %i bytes is as CPython writes it', (length, hex) => {
    expect(headOf(length).toString('hex')).toBe(hex);
  });

  it('is read as it was written, and is not there before its last byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.uint8Array({ maxLength: 20 }), (length, rest) => {
        const head = headOf(length);
        expect(readHead(Buffer.concat([head, rest]))).toEqual({ length, headBytes: head.length });
        for (let cut = 0; cut < head.length; cut++) expect(readHead(head.subarray(0, cut))).toBeUndefined();
      }),
    );
  });

  it('with a negative length other than -1 is told as such', () => {
    expect(readHead(Buffer.from('80000000', 'hex'))!.length).toBeLessThan(0);
    expect(readHead(Buffer.from('fffffffe', 'hex'))!.length).toBe(-2);
  });
});
