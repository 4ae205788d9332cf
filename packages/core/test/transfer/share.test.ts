import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ClosedError, SerializationError } from '../../src/errors.js';
import { registerBacking } from '../../src/transfer/backing.js';
import { blocksOf, decode, loadModules } from '../../src/transfer/decoder.js';
import { encode } from '../../src/transfer/encode.js';
import { registerReducer } from '../../src/transfer/reducer.js';
import { registerShareable, SHARE, type BlockRef, type ShareRecord } from '../../src/transfer/shareable.js';
import { message, refusal, roundTrip } from './round-trip.js';

class Handle {
  constructor(
    readonly block: BlockRef,
    readonly state?: unknown,
    readonly type = 'test.handle',
  ) {}

  [SHARE](): ShareRecord {
    return { type: this.type, block: this.block, ...(this.state === undefined ? {} : { state: this.state }) };
  }
}
registerShareable('test.handle', { module: import.meta.url, rebuild: (block, state) => new Handle(block, state) });

const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).href;
/** A message that mentions a type of another module, which this thread does not know when it receives it. */
function foreign(type: string, module: string, state?: unknown): Buffer {
  const types = (globalThis as Record<symbol, unknown>)[Symbol.for('manycore.shareable-types@1')] as Map<string, unknown>;
  types.set(type, { module, rebuild: () => undefined });
  const bytes = message([new Handle({ id: 5, generation: 6 }, state, type)]);
  types.delete(type);
  return bytes;
}

describe('objects in shared memory', () => {
  test('arrive as their type rebuilds them, with block and state', () => {
    const [received] = roundTrip([new Handle({ id: 3, generation: 9 }, { offset: 16, tags: ['x'] })]);
    expect(received).toBeInstanceOf(Handle);
    expect(received).toEqual(new Handle({ id: 3, generation: 9 }, { offset: 16, tags: ['x'] }));
  });

  test('that come twice in a message are one object there', () => {
    const handle = new Handle({ id: 1, generation: 1 });
    const received = roundTrip({ a: handle, b: [handle] });
    expect(received.b[0]).toBe(received.a);
  });

  test('list every distinct block once, in order, before and after', () => {
    const blocks = [
      { id: 7, generation: 1 },
      { id: 2 ** 33, generation: 2 ** 31 },
      { id: 7, generation: 2 },
    ];
    const handles = [...blocks, { ...blocks[0]! }].map((block) => new Handle(block));
    const encoded = encode(handles, 'item');
    expect(encoded.refs).toEqual(blocks);
    expect(encoded.refs[0]).toBe(blocks[0]);
    encoded.commit();
    expect(encoded.refs).toEqual([]);
    const bytes = message(handles);
    expect(blocksOf(bytes, 0, bytes.length)).toEqual(blocks);
    expect((decode(bytes, 0, bytes.length) as Handle[]).map(({ block }) => block)).toEqual([...blocks, blocks[0]]);
  });

  test('are not listed by the next message', () => {
    message([new Handle({ id: 1, generation: 1 })]);
    expect(encode({ plain: true }, 'item').refs).toEqual([]);
    expect(() => encode([new Handle({ id: 1, generation: 1 }), () => 1], 'item')).toThrow(SerializationError);
    expect(encode({ plain: true }, 'item').refs).toEqual([]);
  });

  test('of an unregistered type are refused by name', () => {
    expect(refusal(new Handle({ id: 1, generation: 1 }, 0, 'test.nowhere')).message).toMatch(/test\.nowhere is not registered/);
  });

  test('whose SHARE method throws pass that error on', () => {
    const closed = new (class {
      [SHARE](): ShareRecord {
        throw new ClosedError('closed');
      }
    })();
    expect(() => encode([closed], 'item')).toThrow(ClosedError);
  });

  test('that cannot be rebuilt are a SerializationError with the cause', () => {
    const failure = new Error('block is gone');
    registerShareable('test.failing', { module: import.meta.url, rebuild: () => { throw failure; } });
    const bytes = message(new Handle({ id: 1, generation: 1 }, 0, 'test.failing'));
    expect(() => decode(bytes, 0, bytes.length)).toThrow(expect.objectContaining({ name: 'SerializationError', cause: failure }) as Error);
  });
});

describe('types that are not loaded', () => {
  test('are loaded by decode itself', () => {
    const bytes = foreign('test.counter', fixture('shared-counter.mjs'), { step: 2 });
    const [received] = decode(bytes, 0, bytes.length) as [{ step: number; block: BlockRef }];
    expect(received).toMatchObject({ step: 2, block: { id: 5, generation: 6 } });
  });

  test('are imported by loadModules, also where require cannot load them', async () => {
    const bytes = foreign('test.awaiting', fixture('awaiting-type.mjs'));
    expect(() => decode(bytes, 0, bytes.length)).toThrow(/test\.awaiting was received, but loading .* failed; import it before receiving/);
    await loadModules(bytes, 0, bytes.length);
    expect(decode(bytes, 0, bytes.length)).toEqual([{ awaited: 5 }]);
    expect(loadModules(bytes, 0, bytes.length)).toBeUndefined();
  });

  test('are an error that says so when their module does not register them', async () => {
    const bytes = foreign('test.absent', fixture('registers-nothing.mjs'));
    expect(() => decode(bytes, 0, bytes.length)).toThrow(/importing .*registers-nothing\.mjs does not register it/);
    await loadModules(bytes, 0, bytes.length);
    expect(() => decode(bytes, 0, bytes.length)).toThrow(SerializationError);
  });

  test('are an error when their module is missing', async () => {
    const bytes = foreign('test.missing', pathToFileURL('/nowhere/to/be/found.mjs').href);
    await expect(loadModules(bytes, 0, bytes.length)).rejects.toThrow(/test\.missing was received, but importing .* failed/);
  });

  test('are never loaded from anything but a file', async () => {
    const bytes = foreign('test.evil', 'data:text/javascript,globalThis.evil=true');
    expect(() => decode(bytes, 0, bytes.length)).toThrow(/which is no file/);
    await expect(loadModules(bytes, 0, bytes.length)).rejects.toThrow(/which is no file/);
    expect((globalThis as { evil?: boolean }).evil).toBeUndefined();
  });
});

describe('views on session memory', () => {
  const memory = new SharedArrayBuffer(64);
  const record: ShareRecord = { type: 'test.memory', block: { id: 11, generation: 4 }, state: 64 };
  registerBacking(memory, record);
  registerShareable('test.memory', { module: import.meta.url, rebuild: () => memory });

  test.each<[string, ArrayBufferView]>([
    ['Int32Array', new Int32Array(memory, 8, 4)],
    ['Float64Array', new Float64Array(memory, 16)],
    ['DataView', new DataView(memory, 3, 9)],
    ['Buffer', Buffer.from(memory, 5, 10)],
  ])('%s travels by reference', (_, view) => {
    const encoded = encode({ view }, 'item');
    expect(encoded.refs).toEqual([record.block]);
    expect(encoded.length).toBeLessThan(200);
    const received = roundTrip({ view }).view;
    expect(received.buffer).toBe(memory);
    expect([received.byteOffset, received.byteLength, received.constructor]).toEqual([view.byteOffset, view.byteLength, view.constructor]);
  });

  test('the buffer itself travels by reference, as one with its views', () => {
    const received = roundTrip([memory, new Uint8Array(memory), new Uint8Array(memory, 1)]);
    expect(received[0]).toBe(memory);
    expect(encode([memory, new Uint8Array(memory)], 'item').refs).toHaveLength(1);
  });

  test('a type that rebuilds something else than a buffer is a SerializationError', () => {
    const other = new SharedArrayBuffer(8);
    registerBacking(other, { type: 'test.handle', block: { id: 1, generation: 1 } });
    expect(() => roundTrip(new Uint8Array(other))).toThrow(/a view on something that is no buffer/);
  });
});

describe('reducers', () => {
  class Money {
    #cents: bigint;
    constructor(cents: bigint) {
      this.#cents = cents;
    }
    get cents(): bigint {
      return this.#cents;
    }
  }
  registerReducer(Money, (money) => ({ cents: money.cents }), ({ cents }) => new Money(cents));

  test('keep instances whole, private fields included', () => {
    const received = roundTrip({ price: new Money(10n ** 30n) });
    expect(received.price).toBeInstanceOf(Money);
    expect(received.price.cents).toBe(10n ** 30n);
  });

  test('keep identity', () => {
    const money = new Money(1n);
    const received = roundTrip([money, new Map([[money, money]])]);
    expect([...(received[1] as Map<Money, Money>)][0]).toEqual([received[0], received[0]]);
  });

  test('work for subclasses of built-in classes', () => {
    class Tags extends Array<string> {}
    class Index extends Map<string, number> {}
    registerReducer(Tags, (tags) => [...tags], (list) => Tags.from(list) as Tags);
    registerReducer(Index, (index) => [...index], (entries) => new Index(entries));
    const [tags, index] = roundTrip([Tags.from(['a']), new Index([['b', 1]])] as const);
    expect(tags).toBeInstanceOf(Tags);
    expect(index).toBeInstanceOf(Index);
    expect([...index]).toEqual([['b', 1]]);
  });

  test('do not apply to subclasses, which may hold more', () => {
    class Tip extends Money {
      note = 'thanks';
    }
    expect(roundTrip(new Tip(1n))).toEqual({ note: 'thanks' });
  });

  test('may return what cannot be sent, which is refused with the path to the instance', () => {
    class Callback {}
    registerReducer(Callback, () => ({ run: () => 1 }), () => new Callback());
    expect(refusal([new Callback()]).message).toMatch(/^args\[0\]\.run is a function/);
  });

  test('must not return their own object', () => {
    class Selfish {}
    registerReducer(Selfish, (value) => ({ value }), () => new Selfish());
    expect(refusal([new Selfish()]).message).toMatch(/^args\[0\]\.value refers to the object whose reducer made it/);
  });

  test('that the receiver does not have are a SerializationError that says what to do', () => {
    class Unknown {}
    registerReducer(Unknown, () => 1, () => new Unknown());
    const bytes = message(new Unknown());
    const registry = (globalThis as Record<symbol, unknown>)[Symbol.for('manycore.reducers@1')] as { byName: Map<string, unknown> };
    registry.byName.delete('Unknown');
    expect(() => decode(bytes, 0, bytes.length)).toThrow(/an instance of Unknown was received.*call registerReducer\(Unknown, …\)/);
  });

  test('tell classes of one name apart by their modules', () => {
    const make = (module: string): abstract new () => object => {
      const { Item } = { Item: class Item {} };
      registerReducer(Item, () => module, (data) => Object.assign(new Item(), { data }), { module });
      return Item;
    };
    const [A, B] = [make('file:///a.mjs'), make('file:///b.mjs')];
    const received = roundTrip([Reflect.construct(A, []), Reflect.construct(B, [])] as object[]);
    expect(received[0]).toBeInstanceOf(A);
    expect(received[1]).toBeInstanceOf(B);
    expect(received[1]).toEqual(expect.objectContaining({ data: 'file:///b.mjs' }));
  });

  test('refuse arguments that make no sense', () => {
    const identity = (x: unknown): never => x as never;
    expect(() => registerReducer({} as never, identity, identity)).toThrow(/must be a class/);
    expect(() => registerReducer(class A {}, 1 as never, identity)).toThrow(/must be functions/);
    expect(() => registerReducer(class {}, identity, identity)).toThrow(/needs a name/);
    expect(() => registerReducer(Map, identity, identity)).toThrow(/Map belongs to the platform/);
    expect(() => registerReducer(class A {}, identity, identity, { module: 'data:text/javascript,1' })).toThrow(/must be a file: URL/);
    expect(() => registerReducer(class Money {}, identity, identity)).toThrow(/another class called Money/);
  });
});

describe('bytes from outside of the process tree', () => {
  const outside = (bytes: Buffer): unknown => decode(bytes, 0, bytes.length, { foreign: true });

  test('are refused where they name an object in shared memory, also one of a known type', () => {
    const bytes = message([new Handle({ id: 3, generation: 9 })]);
    expect(() => outside(bytes)).toThrow(SerializationError);
    expect(() => outside(bytes)).toThrow(/outside of its process tree/);
  });

  test('are rebuilt by reducers that are registered, and load no module for those that are not', () => {
    class Known {
      constructor(readonly x: number) {}
    }
    registerReducer(Known, ({ x }) => x, (x: number) => new Known(x));
    const reduced = message([new Known(4)]);
    const [known] = outside(reduced) as [Known];
    expect(known).toBeInstanceOf(Known);
    expect(known.x).toBe(4);

    class Elsewhere {}
    const url = fixture('shared-counter.mjs');
    registerReducer(Elsewhere, () => 1, () => new Elsewhere(), { module: url });
    const bytes = message([new Elsewhere()]);
    const reducers = (globalThis as Record<symbol, unknown>)[Symbol.for('manycore.reducers@1')] as { byName: Map<string, unknown> };
    const name = `Elsewhere from ${url}`;
    const reducer = reducers.byName.get(name);
    reducers.byName.delete(name);
    expect(() => outside(bytes)).toThrow(/no module is loaded/);
    reducers.byName.set(name, reducer);
    expect((outside(bytes) as [unknown])[0]).toBeInstanceOf(Elsewhere);
  });
});
