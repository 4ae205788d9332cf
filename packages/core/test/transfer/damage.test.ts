import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SerializationError } from '../../src/errors.js';
import { decode } from '../../src/transfer/decoder.js';
import { registerReducer } from '../../src/transfer/reducer.js';
import { registerShareable, SHARE, type ShareRecord } from '../../src/transfer/shareable.js';
import { graph } from './arbitrary.js';
import { message, portrait } from './round-trip.js';

class Part {
  constructor(readonly size: number) {}
}
registerReducer(Part, ({ size }) => [size], ([size]) => new Part(size!));
class Handle {
  [SHARE](): ShareRecord {
    return { type: 'test.fuzzed', block: { id: 1, generation: 2 }, state: { offset: 8 } };
  }
}
registerShareable('test.fuzzed', {
  module: import.meta.url,
  rebuild: (_, state) => {
    if ((state as { offset?: unknown } | undefined)?.offset !== 8) throw new TypeError('not a state');
    return new Handle();
  },
});

/** A buffer that reserves addresses for what it may become: that takes longer than all the rest. */
const resizable = new (ArrayBuffer as never as new (l: number, o: object) => object)(4, { maxByteLength: 8 });
const ofFixedSize = {
  list: [1, 'two', 3.5, null, undefined, true, -0, 2n ** 70n, 5n, , 'é日'], // eslint-disable-line no-sparse-arrays
  numbers: [Array.from({ length: 40 }, (_, i) => i), Array.from({ length: 40 }, (_, i) => i / 3)],
  map: new Map<unknown, unknown>([['a', new Set([1, {}])], [{}, 'b']]),
  match: 'abc'.match(/b/),
  far: Object.assign([], { 100_000: 1 }),
  views: [
    new Float64Array(3),
    Buffer.from('pooled'),
    new DataView(new ArrayBuffer(9), 2),
  ],
  others: [new Date(5), /x+/gu, Object('wrapped'), 'z'.repeat(100)],
  error: Object.assign(new AggregateError([new TypeError('a')], 'b', { cause: 'c' }), { code: 'X' }),
  ours: [new Part(3), new Handle(), new Handle()],
};
const everything = { ...ofFixedSize, resizable };

/** Decodes bytes of which nothing is known: a value or a SerializationError are the only ways out. */
function survive(bytes: Buffer): void {
  try {
    // The place of reception is given, because finding it takes longer than all the rest.
    decode(bytes, 0, bytes.length, { callSite: '' });
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
  }
}

describe('damaged bytes end in a value or a SerializationError', () => {
  const source = message(everything);

  test('random changes of a message that has everything', () => {
    const change = fc.record({ at: fc.nat(source.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(source);
        for (const { at, byte } of changes) bytes[at] = byte;
        survive(bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  test('every byte set to every value that is a tag or a border', () => {
    // Apart, so that the buffer is not made again for every byte of the rest.
    for (const part of [message(ofFixedSize), message({ resizable })]) setEveryByte(part);
  });

  function setEveryByte(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at++) {
      for (const byte of [0, 1, 5, 0x0a, 0x0c, 0x10, 0x11, 0x14, 0x1c, 0x1d, 0x1f, 0x20, 0x21, 0x31, 0x51, 0x7f, 0x80, 0xbf, 0xc0, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        survive(changed);
      }
    }
  }

  test('every truncation is an error', () => {
    for (let length = 0; length < source.length; length++) {
      expect(() => decode(source, 0, length), `cut at ${length}`).toThrow(SerializationError);
    }
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => survive(Buffer.from([0, 0, 0, 0, ...bytes]))),
      { numRuns: 20_000 },
    );
  });

  test('changed messages of random graphs', () => {
    fc.assert(
      fc.property(graph, fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 3 }), (value, changes) => {
        const bytes = message(value);
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        survive(bytes);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('lengths that the bytes do not hold', () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
  test.each([0x0a, 0x0b, 0x11, 0x12, 0x13, 0x19, 0x1a, 0x1b, 0x1c, 0x1e])('tag %i is refused before anything is allocated', (tag) => {
    const before = process.memoryUsage();
    const bytes = Buffer.from([0, 0, 0, 0, tag, ...huge, 0, 0, 0, 0, 0, 0, 0]);
    for (let i = 0; i < 100; i++) expect(() => decode(bytes, 0, bytes.length)).toThrow(SerializationError);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(50e6);
    expect(after.heapTotal - before.heapTotal).toBeLessThan(200e6);
  });

  test('a length beyond 53 bits is refused', () => {
    const bytes = Buffer.from([0, 0, 0, 0, 0x0a, ...new Array<number>(40).fill(0xff), 1]);
    expect(() => decode(bytes, 0, bytes.length)).toThrow(SerializationError);
  });

  test.each([2 ** 20, 2 ** 24, 2 ** 32 - 1])('a sparse array of %i elements allocates nothing for them', (length) => {
    const bytes = message(Object.assign([], { [length - 1]: 1 }));
    const before = process.memoryUsage().heapTotal;
    const received = Array.from({ length: 100 }, () => decode(bytes, 0, bytes.length) as unknown[]);
    expect(process.memoryUsage().heapTotal - before).toBeLessThan(50e6);
    expect(received.every((array) => array.length === length && array[length - 1] === 1)).toBe(true);
  });

  test.each([1000, 1024, 1025])('many sparse arrays of %i elements allocate nothing for them', (length) => {
    const bytes = message(Array.from({ length: 3000 }, () => Object.assign([], { [Math.max(length, 1024) - 1]: 1 })));
    // A shorter one is written another way, but nothing keeps a message from saying so.
    const [written, damaged] = [Buffer.from([0x14, 0x80, 0x08]), Buffer.from([0x14, 0xe8, 0x07])];
    for (let at = bytes.indexOf(written); length === 1000 && at >= 0; at = bytes.indexOf(written, at)) damaged.copy(bytes, at);
    for (let at = bytes.indexOf(Buffer.from([0x01, 0xff, 0x07])); length === 1000 && at >= 0; at = bytes.indexOf(Buffer.from([0x01, 0xff, 0x07]))) bytes.set([0x01, 0xe7, 0x07], at);
    const before = process.memoryUsage().heapUsed;
    const received = decode(bytes, 0, bytes.length) as unknown[][];
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(bytes.length * 512 + 4e6);
    expect(received).toHaveLength(3000);
    expect(received.every((array) => array.length === length && array[length - 1] === 1 && Object.keys(array).length === 1)).toBe(true);
  });

  test('nesting deeper than the stack is a SerializationError', () => {
    const bytes = Buffer.alloc(4_000_000, Buffer.from([0x11, 0x01]));
    bytes.fill(0, 0, 4);
    expect(() => decode(bytes, 0, bytes.length)).toThrow(/nested too deeply/);
    expect(portrait(decode(message([1]), 0, message([1]).length))).toBe(portrait([1]));
  });
});

test('a module of a damaged type is not looked for outside of files', () => {
  const bytes = message(new Handle());
  const at = bytes.indexOf('test.fuzzed');
  bytes.write('test.fuzzeX', at, 'latin1');
  const url = bytes.indexOf('file://');
  bytes.write('data://', url, 'latin1');
  expect(() => decode(bytes, 0, bytes.length)).toThrow(/which is no file/);
});
