import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { struct } from '../../src/index.js';
import { wide } from './arbitrary.js';

const text = fc.oneof(wide({ maxLength: 24 }), fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '👩‍👩‍👧', '\ufeff'), maxLength: 12 }), fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)));

/** A field of text between two others. */
function field(type: readonly ['c' | 'u', number] | readonly ['c' | 'u', number, 'cut']) {
  const store = struct({ before: 'u8', text: type, behind: 'u8' }).store(new SharedArrayBuffer(1024), 0, 1);
  store.set(0, { before: 1, behind: 2 }, 'test');
  return { accessor: store.get(0), store };
}

/** The longest prefix of whole characters with at most so many bytes. */
function prefix(text: string, bytes: number): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return Buffer.from(kept).toString();
}

describe("text in bytes, ['c', n]", () => {
  it('keeps all text that fits, and refuses longer text, changing nothing', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (text, length) => {
        const { accessor } = field(['c', length]);
        accessor.text = 'x';
        const bytes = Buffer.byteLength(text);
        if (text.includes('\0')) expect(() => (accessor.text = text)).toThrow(/has a NUL/);
        else if (bytes > length) expect(() => (accessor.text = text)).toThrow(`the text has ${bytes} bytes and there is room for ${length}. Declare it as ['c', ${length}, 'cut']`);
        else accessor.text = text;
        expect(accessor.text).toBe(text.includes('\0') || bytes > length ? 'x' : Buffer.from(text).toString());
        expect([accessor.before, accessor.behind]).toEqual([1, 2]);
      }),
      { numRuns: 500 },
    );
  });

  it("cuts with 'cut' after the last whole character that fits", () => {
    fc.assert(
      fc.property(text.map((text) => text.replaceAll('\0', '')), fc.integer({ min: 1, max: 20 }), (text, length) => {
        const { accessor } = field(['c', length, 'cut']);
        accessor.text = text;
        expect(accessor.text).toBe(prefix(text, length));
        expect(accessor.text).not.toMatch(/\p{Surrogate}/u);
        expect([accessor.before, accessor.behind]).toEqual([1, 2]);
      }),
      { numRuns: 1000 },
    );
    expect(() => (field(['c', 4, 'cut']).accessor.text = 'abcdefg\0')).toThrow(RangeError);
  });

  it('is what others put there, up to the first NUL, as TextDecoder reads it', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 70, maxLength: 70 }), (bytes) => {
        const { accessor, store } = field(['c', 70]);
        store.cells.set(bytes, 1);
        const nul = bytes.indexOf(0);
        expect(accessor.text).toBe(decoder.decode(nul < 0 ? bytes : bytes.subarray(0, nul)));
      }),
      { numRuns: 300 },
    );
  });

  it('zeroes what was behind shorter text', () => {
    const { accessor, store } = field(['c', 6]);
    accessor.text = 'secret';
    accessor.text = 'no';
    expect([...store.cells.subarray(1, 7)]).toEqual([110, 111, 0, 0, 0, 0]);
  });

  it('takes strings only', () => {
    const { accessor } = field(['c', 6]);
    for (const value of [7, null, undefined, ['a'], Buffer.from('a'), Object('a')]) expect(() => (accessor.text = value as string)).toThrow(TypeError);
  });
});

describe("text in code points, ['u', n]", () => {
  it('keeps n code points, and refuses or cuts more', () => {
    fc.assert(
      fc.property(text.map((text) => text.replaceAll('\0', '')), fc.integer({ min: 1, max: 12 }), (text, length) => {
        const { accessor } = field(['u', length]);
        const points = [...text];
        accessor.text = 'x';
        if (points.length > length) expect(() => (accessor.text = text)).toThrow(`the text has ${points.length} code points and there is room for ${length}.`);
        else accessor.text = text;
        expect(accessor.text).toBe(points.length > length ? 'x' : text);
        const { accessor: cut } = field(['u', length, 'cut']);
        cut.text = text;
        expect(cut.text).toBe(points.slice(0, length).join(''));
        expect([accessor.before, accessor.behind, cut.before, cut.behind]).toEqual([1, 2, 1, 2]);
      }),
      { numRuns: 500 },
    );
  });

  it('ends at the first NUL, and shows U+FFFD for what is no code point', () => {
    const { accessor, store } = field(['u', 4]);
    accessor.text = 'abcd';
    const cells = new Uint32Array(store.cells.buffer, 4, 4);
    cells[1] = 0x11_0000;
    cells[3] = 0;
    expect(accessor.text).toBe('a\ufffdc');
    expect(() => (accessor.text = 'a\0b')).toThrow(/has a NUL in it \(at index 1\)/);
  });
});
