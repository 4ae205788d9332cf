/**
 * Mutated messages. `decode` gives a value or an error of ours, and what it allocates is in proportion to the message:
 *
 * - On the heap, `HEAP_PER_BYTE` bytes for each byte. The dearest thing a message can ask for is an empty Map (two bytes, about 200 on the heap), an empty resizable buffer or an Error
 *   (ten bytes, about 1 000 with what is thrown away while it is made); arrays and strings take 8 or less.
 * - For buffers, what is in the message, copied once, and Node's pool for small ones.
 *
 * Beside that each case has `SLACK_BYTES` for what the engine does meanwhile: compiling, and garbage of the harness.
 */
import { registerReducer, sharedBuffer } from '@manycore/core';
import { blocksOf, decode, encode, loadModules } from '@manycore/core/internal';
import { Queue } from '@manycore/queues';
import { mutated } from './mutation.mjs';
import { Outcomes } from './outcome.mjs';

const HEAP_PER_BYTE = 512;
const SLACK_BYTES = 2 ** 21;
const BUFFERS_PER_BYTE = 2;
/** Most cases are of small messages, in which a change hits something; large ones show what is out of proportion. */
const SMALL_BYTES = 5000;

class Part {
  constructor(size) {
    this.size = size;
  }
}

function message(value) {
  const encoded = encode(value, 'value');
  return Buffer.from(encoded.bytes.subarray(0, encoded.length));
}

/** Values that have everything, and values that have much of one thing. */
function values() {
  const queue = new Queue();
  const shared = sharedBuffer(10_000);
  const resizable = new ArrayBuffer(16, { maxByteLength: 64 });
  const loop = { name: 'loop' };
  loop.self = loop;
  const everything = {
    list: [1, 'two', 3.5, null, undefined, true, -0, 2n ** 70n, 5n, NaN, 'é日', '\ud800', new Array(3)],
    numbers: [Array.from({ length: 40 }, (_, i) => i), Array.from({ length: 40 }, (_, i) => i / 3), Object.assign([1, 2], { unit: 'ms' })],
    map: new Map([['a', new Set([1, {}])], [{}, 'b']]),
    match: 'abc'.match(/b/),
    far: Object.assign([], { 100_000: 1 }),
    views: [new Float64Array(3), Buffer.from('pooled'), new DataView(new ArrayBuffer(9), 2), resizable, new Uint8Array(resizable), Buffer.alloc(100_000)],
    others: [new Date(5), new Date(NaN), /x+/gu, Object('boxed'), Object(1n), 'z'.repeat(100), '日'.repeat(100), loop],
    error: Object.assign(new AggregateError([new TypeError('a'), new globalThis.DOMException('d', 'AbortError')], 'b', { cause: loop }), { code: 'X' }),
    ['__proto__']: { own: 1 },
    ours: [new Part(3), queue, shared, shared.subarray(10, 20), { queue }],
  };
  const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));
  return [
    everything, ...Object.values(everything), 1, 'x', [],
    times(3000, () => Object.assign([], { 1023: 1 })), times(3000, () => []), times(3000, () => new Map()), times(3000, () => new Set([1])), times(3000, () => ({})),
    times(1000, () => new Error('', { cause: 1 })), times(1000, () => new Uint8Array(1)), times(1000, () => Buffer.from('a')), times(500, (i) => ({ [`key${i}`]: i })),
    times(1000, () => new ArrayBuffer(0, { maxByteLength: 8 })), times(1000, () => /a/), times(1000, (i) => new Date(i)), times(1000, () => Object('')), 'x'.repeat(50_000), '日'.repeat(50_000),
    times(400, () => 0).reduce((inner) => [inner], []), times(400, () => 0).reduce((inner) => ({ inner }), {}), times(400, () => 0).reduce((inner) => new Error('', { cause: inner }), 1),
  ];
}

export function codecCases() {
  registerReducer(Part, ({ size }) => [size], ([size]) => new Part(size));
  const kept = values();
  const sources = kept.map(message);
  const small = sources.filter(({ length }) => length < SMALL_BYTES);
  const outcomes = new Outcomes();
  const { stackTraceLimit } = Error;
  let dearest = 0;

  async function run(random) {
    const bytes = random.integer(0, 20) === 0 ? randomMessage(random) : mutated(random, () => random.pick(random.integer(0, 9) === 0 ? sources : small));
    const options = { own: random.integer(0, 1) === 1, callSite: '' };
    const before = process.memoryUsage();
    const value = outcomes.note('value', () => decode(bytes, 0, bytes.length, options));
    const after = process.memoryUsage();
    const heap = after.heapUsed - before.heapUsed;
    dearest = Math.max(dearest, (heap - SLACK_BYTES) / bytes.length);
    if (heap > bytes.length * HEAP_PER_BYTE + SLACK_BYTES) throw new Error(`a message of ${bytes.length} bytes took ${heap} bytes of the heap (${typeof value})`);
    const buffers = after.arrayBuffers - before.arrayBuffers;
    if (buffers > bytes.length * BUFFERS_PER_BYTE + SLACK_BYTES) throw new Error(`a message of ${bytes.length} bytes took ${buffers} bytes of buffers (${typeof value})`);
    if (Error.stackTraceLimit !== stackTraceLimit) throw new Error(`decoding left Error.stackTraceLimit at ${Error.stackTraceLimit}`);
    outcomes.note('table', () => blocksOf(bytes, 0, bytes.length));
    await outcomes.noteLater('modules', async () => loadModules(bytes, 0, bytes.length));
    // The codec is as it was.
    const sample = message(kept[0]);
    if (!sample.equals(sources[0])) throw new Error('the message of the same value is another one than before');
  }

  return {
    run,
    settle: () => undefined,
    summary: () => `${outcomes.summary()}; at most ${Math.max(0, dearest).toFixed(1)} bytes of the heap for a byte beyond the slack`,
  };
}

function randomMessage(random) {
  const bytes = Buffer.alloc(random.integer(0, 300));
  for (let i = 4; i < bytes.length; i++) bytes[i] = random.uint32();
  return bytes;
}
