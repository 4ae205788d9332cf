/** Helpers of the codec's tests. */
import { decode, type DecodeOptions } from '../../src/transfer/decoder.js';
import { encode } from '../../src/transfer/encode.js';

/** The message of a value, in memory of its own. */
export function message(value: unknown, root = 'value'): Buffer {
  const encoded = encode(value, root);
  const copy = Buffer.alloc(encoded.length);
  copy.set(encoded.bytes.subarray(0, encoded.length));
  return copy;
}

export function roundTrip<T>(value: T, options?: DecodeOptions): T {
  const bytes = message(value);
  return decode(bytes, 0, bytes.length, options) as T;
}

/** What `encode` throws for a value. */
export function refusal(value: unknown, root = 'args'): Error {
  try {
    encode(value, root);
  } catch (error) {
    return error as Error;
  }
  throw new Error('the value was not refused');
}

/**
 * Everything that can be told of a value, as text: types, prototypes, holes, property order, and which objects are one and the same. Two
 * values with the same text cannot be told apart by a program.
 */
export function portrait(root: unknown): string {
  const numbers = new Map<object, number>();
  const lines: string[] = [];
  const describe = (value: unknown): string => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
    const known = numbers.get(value);
    if (known !== undefined) return `#${known}`;
    const number = numbers.size;
    numbers.set(value, number);
    lines[number] = '';
    lines[number] = `${Object.prototype.toString.call(value)} ${prototypeName(value)} ${contents(value)}`;
    return `#${number}`;
  };
  const properties = (value: object, skipIndices = false): string =>
    Object.keys(value)
      .filter((key) => !skipIndices || !/^\d+$/.test(key))
      .map((key) => `${JSON.stringify(key)}: ${describe((value as Record<string, unknown>)[key])}`)
      .join(', ');
  /** The stack and the origin, which the receiver adds to, are looked at by tests of their own. */
  const errorContents = (error: Error): string => {
    const own = ['name', 'message', 'cause', 'errors'].filter((key) => Object.hasOwn(error, key));
    return `${error.name} ${JSON.stringify(error.message)} ${own.map((key) => `${key} ${describe(error[key as keyof Error])}`).join(' ')}`;
  };
  const contents = (value: object): string => {
    if (ArrayBuffer.isView(value)) {
      const at = `${value.byteOffset}+${value.byteLength}`;
      return `${at} of ${describe(value.buffer)}`;
    }
    if (value instanceof ArrayBuffer) {
      const { maxByteLength } = value as unknown as { maxByteLength?: number };
      return `${maxByteLength} ${Buffer.from(value).toString('hex')}`;
    }
    if (value instanceof Map) return [...value].map(([key, item]) => `${describe(key)} => ${describe(item)}`).join(', ');
    if (value instanceof Set) return [...value].map(describe).join(', ');
    if (value instanceof Date) return String(value.getTime());
    if (value instanceof RegExp) return `${String(value)} ${value.lastIndex}`;
    if (value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt)
      return describe(value.valueOf());
    if (value instanceof Error) return `${errorContents(value)} ${properties(value)}`;
    if (Array.isArray(value)) return `length ${value.length}: ${properties(value)}`;
    return properties(value);
  };
  const result = describe(root);
  return [result, ...lines].join('\n');
}

/** Of this realm, unless it says otherwise. */
function prototypeName(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name: string; prototype: unknown } } | null;
  if (prototype === null) return 'null';
  const name = Object.hasOwn(prototype, 'constructor') ? prototype.constructor!.name : 'anonymous';
  return (globalThis as unknown as Record<string, { prototype: unknown } | undefined>)[name]?.prototype === prototype ? name : `other ${name}`;
}
