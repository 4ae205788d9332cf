import { describe, expect, test } from 'vitest';
import { ClosedError, defineError, ManycoreError, RemoteError, SerializationError, TimeoutError } from '../../src/errors.js';
import { decode } from '../../src/transfer/decoder.js';
import { encode } from '../../src/transfer/encode.js';
import { encodeThrown, setOrigin } from '../../src/transfer/error.js';
import { message, refusal, roundTrip } from './round-trip.js';

type Remote = Error & { readonly remote: { pid: number; processName: string; stack: string } };

function thrown(value: unknown): unknown {
  const encoded = encodeThrown(value, 'error');
  const bytes = Buffer.from(encoded.bytes.slice(0, encoded.length));
  return decode(bytes, 0, bytes.length);
}

describe('an error arrives whole', () => {
  test.each([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
    '%o: class, name, message and stack',
    (Class) => {
      const sent = new Class('what happened');
      const received = roundTrip(sent);
      expect(Object.getPrototypeOf(received)).toBe(Class.prototype);
      expect(Object.getOwnPropertyNames(received).sort()).toEqual(['message', 'remote', 'stack']);
      expect([received.name, received.message]).toEqual([sent.name, sent.message]);
      expect(received.stack!.startsWith(sent.stack!)).toBe(true);
      expect(Object.keys(received)).toEqual([]);
    },
  );

  test('its stack ends with the place of reception, and tells who sent it', () => {
    setOrigin({ pid: 4242, processName: 'Process-1:2' });
    const sent = new Error('far away');
    const received = (function receiveHere() {
      return roundTrip(sent) as Remote;
    })();
    setOrigin({ pid: process.pid, processName: 'MainProcess' });
    const rest = received.stack!.slice(sent.stack!.length);
    expect(rest).toMatch(/Process-1:2 \(pid 4242\), received at:\n\s+at /);
    expect(rest).toMatch(/receiveHere/);
    expect(received.remote).toEqual({ pid: 4242, processName: 'Process-1:2', stack: sent.stack });
    expect(Object.keys(received)).not.toContain('remote');
  });

  test('its place of reception is what the caller says, when it says so', () => {
    const received = roundTrip(new Error('x'), { callSite: '    at task (pool.js:1:1)' });
    expect(received.stack!.endsWith('received at:\n    at task (pool.js:1:1)')).toBe(true);
  });

  test('passed on to a third process, it keeps its first origin and its whole stack', () => {
    setOrigin({ pid: 1001, processName: 'First' });
    const bytes = message(new Error('x'));
    setOrigin({ pid: 1002, processName: 'Second' });
    const second = decode(bytes, 0, bytes.length) as Remote;
    const third = roundTrip(second);
    setOrigin({ pid: process.pid, processName: 'MainProcess' });
    expect(third.remote).toEqual(second.remote);
    expect(third.remote.processName).toBe('First');
    expect(third.stack!.startsWith(second.stack!)).toBe(true);
  });

  test('own enumerable properties, code and name of a user class', () => {
    class HttpError extends TypeError {
      override name = 'HttpError';
      code = 'E_HTTP';
      details = { status: 404, headers: new Map([['a', 'b']]) };
    }
    const received = roundTrip(new HttpError('not found'));
    expect(Object.getPrototypeOf(received)).toBe(TypeError.prototype);
    expect(received).toMatchObject({ name: 'HttpError', code: 'E_HTTP', message: 'not found' });
    expect(received.details).toEqual({ status: 404, headers: new Map([['a', 'b']]) });
    expect(Object.keys(received).sort()).toEqual(['code', 'details', 'name']);
  });

  test('a name and a code that a class has on its prototype', () => {
    class CodedError extends Error {
      get code(): string {
        return 'E_CODED';
      }
    }
    CodedError.prototype.name = 'CodedError';
    const received = roundTrip(new CodedError('x'));
    expect([received.name, received.code, Object.keys(received)]).toEqual(['CodedError', 'E_CODED', []]);
  });

  test('the cause chain, to its end, whatever it consists of', () => {
    const sent = new Error('top', { cause: new RangeError('middle', { cause: { reason: [1, 2n] } }) });
    const received = roundTrip(sent);
    const middle = received.cause as Error;
    expect(middle).toBeInstanceOf(RangeError);
    expect(middle.message).toBe('middle');
    expect(middle.cause).toEqual({ reason: [1, 2n] });
    expect(Object.keys(received)).toEqual([]);
    expect(middle.stack).toBe((sent.cause as Error).stack);
  });

  test('a message that it does not have it does not get', () => {
    expect(Object.hasOwn(roundTrip(new Error()), 'message')).toBe(false);
    expect(Object.hasOwn(roundTrip(new Error('')), 'message')).toBe(true);
    class Described extends Error {
      override get message(): string {
        return 'of the class';
      }
    }
    expect(roundTrip(new Described()).message).toBe('of the class');
  });

  test('a cause of undefined is still a cause', () => {
    expect('cause' in roundTrip(new Error('x', { cause: undefined }))).toBe(true);
    expect('cause' in roundTrip(new Error('x'))).toBe(false);
  });

  test('the errors of an AggregateError', () => {
    const received = roundTrip(new AggregateError([new TypeError('a'), 'b', new Error('c', { cause: 'd' })], 'several'));
    expect(Object.getPrototypeOf(received)).toBe(AggregateError.prototype);
    expect(received.errors).toHaveLength(3);
    expect(received.errors[0]).toBeInstanceOf(TypeError);
    expect(received.errors[1]).toBe('b');
    expect((received.errors[2] as Error).cause).toBe('d');
    expect(Object.keys(received)).toEqual([]);
  });

  test('an error that is its own cause', () => {
    const sent = new Error('x') as Error & { self?: unknown };
    sent.cause = sent;
    sent.self = [sent];
    const received = roundTrip(sent);
    expect(received.cause).toBe(received);
    expect((received.self as unknown[])[0]).toBe(received);
  });

  test('a DOMException', () => {
    const received = roundTrip(new DOMException('stopped', 'AbortError'));
    expect(received).toBeInstanceOf(DOMException);
    expect([received.name, received.message, received.code]).toEqual(['AbortError', 'stopped', 20]);
  });

  test('a system error', async () => {
    const { readFile } = await import('node:fs/promises');
    const sent = await readFile('/nowhere/at/all').catch((error: unknown) => error as NodeJS.ErrnoException);
    const received = roundTrip(sent) as NodeJS.ErrnoException;
    expect(received).toMatchObject({ code: 'ENOENT', syscall: 'open', path: '/nowhere/at/all' });
    expect(received.errno).toBe((sent as NodeJS.ErrnoException).errno);
  });

  test('an old-fashioned class that inherits from Error', () => {
    function Legacy(this: { message: string }, text: string): void {
      this.message = text;
    }
    Legacy.prototype = Object.create(Error.prototype, { name: { value: 'Legacy' } }) as object;
    const received = roundTrip(Reflect.construct(Legacy, ['old']) as Error);
    expect(received).toBeInstanceOf(Error);
    expect([received.name, received.message]).toEqual(['Legacy', 'old']);
  });

  test('an error without message or stack', () => {
    const sent = new Error();
    sent.stack = undefined as never;
    const received = roundTrip(sent);
    expect(Object.hasOwn(received, 'message') && received.message !== '').toBe(false);
    expect(received.stack).toBeUndefined();
  });

  test('an error inside of data, twice the same', () => {
    const error = new RangeError('x');
    const received = roundTrip({ results: [error, { again: error }] });
    expect(received.results[0]).toBeInstanceOf(RangeError);
    expect((received.results[1] as { again: Error }).again).toBe(received.results[0]);
  });
});

describe('what cannot be sent with an error', () => {
  test('is replaced by a description, and everything else arrives', () => {
    const shared = { fine: true };
    const sent = Object.assign(new TypeError('x', { cause: { socket: { on: () => 1 } } }), {
      request: { shared, deep: { handlers: [() => 1] } },
      shared,
      port: 80,
    });
    Object.defineProperty(sent, 'broken', {
      enumerable: true,
      get: () => {
        throw new Error('no access');
      },
    });
    const received = roundTrip([sent])[0] as unknown as Record<string, unknown>;
    expect(received).toBeInstanceOf(TypeError);
    expect(received.request).toBe('[not sent: value[0].request.deep.handlers[0] is a function; export it from a module and send its name]');
    expect(received.cause).toMatch(/^\[not sent: value\[0\]\.cause\.socket\.on is a function/);
    expect(received.broken).toBe('[not sent: no access]');
    expect(received.shared).toEqual({ fine: true });
    expect(received.port).toBe(80);
  });

  test('does not leave behind objects that were mentioned in the part that was taken back', () => {
    for (const many of [0, 50]) {
      const shared = { fine: true };
      const filler = Array.from({ length: many }, (_, i) => ({ i }));
      const sent = Object.assign(new Error('x'), { filler, bad: [shared, () => 1], good: [shared, shared] });
      const received = roundTrip(sent);
      expect(received.good).toEqual([{ fine: true }, { fine: true }]);
      expect(received.good[0]).toBe(received.good[1]);
      expect(received.filler).toHaveLength(many);
    }
  });

  test.each([2, 30])('and of %i objects that came before it and went with it, each is sent where it comes again', (count) => {
    const objects = Array.from({ length: count }, (_, number) => ({ number }));
    const error = Object.assign(new Error('x'), { attached: [objects, objects[0], () => 1] });
    // Twice before the error as well: objects are told apart in another way once one has come again.
    for (const before of [[objects[1]], [objects[1], objects[1]]]) {
      const [first, received, again] = roundTrip<unknown>([before, error, objects]) as [object[], { attached: string }, object[]];
      expect(received.attached).toMatch(/^\[not sent: /);
      expect(again).toEqual(objects);
      expect(again[1]).toBe(first[0]);
      expect(new Set(again).size).toBe(count);
    }
  });

  test('in a cause far too deep is replaced there', () => {
    let deep = new Error('innermost');
    for (let i = 0; i < 30_000; i++) deep = new Error('x', { cause: deep });
    const received = roundTrip(deep);
    expect(received.message).toBe('x');
    let level: unknown = received;
    while (level instanceof Error) level = level.cause;
    expect(level).toMatch(/^\[not sent: /);
  });
});

describe('errors of ours', () => {
  class OuterError extends ManycoreError {}
  defineError(OuterError, 'OuterError', 'ERR_MANYCORE_OUTER');

  test.each([TimeoutError, ClosedError, SerializationError, OuterError])('%o arrives as its class', (Class) => {
    const received = roundTrip(Object.assign(new Class('x', { cause: 'c' }), { pid: 7 }));
    expect(Object.getPrototypeOf(received)).toBe(Class.prototype);
    expect(received).toMatchObject({ name: Class.prototype.name, code: Class.prototype.code, message: 'x', cause: 'c', pid: 7 });
    expect(Object.keys(received)).toEqual(['pid']);
  });

  test('a user class below one of ours arrives as the one of ours', () => {
    class MyTimeout extends TimeoutError {}
    const received = roundTrip(new MyTimeout('x'));
    expect(received).toBeInstanceOf(TimeoutError);
    expect(TimeoutError.isInstance(received)).toBe(true);
  });

  test('a class that is not loaded here keeps its name and code, and isInstance holds once it is', () => {
    // Another copy of the package: same brand, unknown to the registry of this one.
    const foreign = (name: string, code: string, Base: new (message?: string) => Error): new (message?: string) => Error => {
      const Class = class extends Base {};
      Object.defineProperties(Class.prototype, {
        name: { value: name },
        code: { value: code },
        [Symbol.for(`manycore.error.${name}`)]: { value: true },
      });
      return Class;
    };
    const Broken = foreign('BrokenThingError', 'ERR_MANYCORE_BROKEN_THING', Error);
    const BrokenPart = foreign('BrokenPartError', 'ERR_MANYCORE_BROKEN_PART', Broken);
    const received = roundTrip(new BrokenPart('x'));
    expect(received).toBeInstanceOf(ManycoreError);
    expect(received).toMatchObject({ name: 'BrokenPartError', code: 'ERR_MANYCORE_BROKEN_PART', message: 'x' });
    class LoadedLater extends ManycoreError {}
    defineError(LoadedLater, 'BrokenThingError', 'ERR_MANYCORE_BROKEN_THING');
    expect(LoadedLater.isInstance(received)).toBe(true);
  });
});

describe('what was thrown', () => {
  test.each(['text', 42, undefined, null, { reason: 'x' }, 10n])('a value that is no error arrives as itself: %o', (value) => {
    expect(thrown(value)).toEqual(value);
  });

  test('an error arrives as any error', () => {
    expect(thrown(new RangeError('x'))).toBeInstanceOf(RangeError);
  });

  test.each([() => 1, Symbol('x'), new Proxy({}, {}), Promise.resolve(1)])(
    'a value that cannot be sent becomes a RemoteError that says why: %#',
    (value) => {
      const received = thrown(value) as RemoteError;
      expect(received).toBeInstanceOf(RemoteError);
      expect(received.message).toMatch(/^something was thrown that cannot be sent: error is a/);
      expect(received.cause).toBeInstanceOf(SerializationError);
    },
  );
});

test('an error elsewhere in a value that is refused is no reason to send the rest', () => {
  expect(refusal([new Error('x'), () => 1]).message).toMatch(/^args\[1\] is a function/);
  expect(() => encode([new Error('x'), 1], 'item')).not.toThrow();
});
