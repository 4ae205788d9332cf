/**
 * Shapes as the decoder knows them: the key list of objects, found again by the bytes that define it, so that keys are made once for each
 * thread and not for each message.
 *
 * The message names a hash, which only chooses the place to look; the bytes are compared. A place holds one shape, so the memory is bounded
 * whatever arrives. Shapes that come often get a factory of generated code, which builds the object as a literal; where generating code is
 * not allowed, a loop does it.
 */
import type { Decoder } from './decoder.js';
import type { Reader } from './reader.js';

type Factory = (decoder: Decoder) => object;

const PLACES = 1024;
/** Bigger ones are read anew each time. */
const MAX_DEFINITION_BYTES = 4096;
const MAX_FACTORY_KEYS = 64;
/** A factory is compiled at this many uses: that takes as long as building some hundred objects. */
const USES_BEFORE_FACTORY = 200;
/** Generated functions are never more than this in a thread's life. */
const MAX_FACTORIES = 512;

const places: (KnownShape | undefined)[] = new Array<undefined>(PLACES).fill(undefined);
let factories = 0;

export class KnownShape {
  factory: Factory | undefined;
  private uses = 0;
  /** Whether a key is one that assignment would not simply create: `__proto__`, or one that a frozen `Object.prototype` has. */
  private readonly special: boolean;

  constructor(
    private readonly definition: Uint8Array,
    readonly keys: readonly string[],
  ) {
    this.special = keys.some((key) => key in Object.prototype);
  }

  equals(bytes: Uint8Array, start: number, length: number): boolean {
    const { definition } = this;
    if (definition.length !== length) return false;
    for (let i = 0; i < length; i++) if (definition[i] !== bytes[start + i]) return false;
    return true;
  }

  /** Reads the values of an object into `target`. */
  fill(decoder: Decoder, target: Record<string, unknown>): void {
    const { keys } = this;
    if (this.special) {
      for (const key of keys) {
        Object.defineProperty(target, key, { value: decoder.value(), enumerable: true, writable: true, configurable: true });
      }
      return;
    }
    for (let i = 0; i < keys.length; i++) target[keys[i]!] = decoder.value();
  }

  /** Builds an object whose properties are not referred to before it is complete. */
  build(decoder: Decoder): object {
    if (this.factory !== undefined) return this.factory(decoder);
    if (++this.uses === USES_BEFORE_FACTORY) this.factory = generate(this.keys);
    const target = {};
    this.fill(decoder, target);
    return target;
  }
}

function generate(keys: readonly string[]): Factory | undefined {
  // A key that comes twice can only be damage.
  if (keys.length > MAX_FACTORY_KEYS || new Set(keys).size !== keys.length || factories >= MAX_FACTORIES) return undefined;
  factories++;
  // A computed key is a property like any other even when it is called __proto__.
  const properties = keys.map((key) => `[${JSON.stringify(key)}]: decoder.value()`);
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text consists of JSON strings
    return new Function('decoder', `return { ${properties.join(', ')} };`) as Factory;
  } catch {
    // Code generation is switched off in this process; it stays so, and the loop serves as well.
    factories = MAX_FACTORIES;
    return undefined;
  }
}

/** Reads the definition of a shape: its hash, its length, its keys. */
export function readShape(reader: Reader): KnownShape {
  const hash = reader.uint32();
  const length = reader.count();
  const { bytes, pos } = reader;
  const place = hash % PLACES;
  const known = places[place];
  if (known?.equals(bytes, pos, length) === true) {
    reader.take(length);
    return known;
  }
  const end = pos + length;
  const keys = new Array<string>(reader.count());
  for (let i = 0; i < keys.length; i++) keys[i] = reader.string();
  if (reader.pos !== end) throw reader.damaged('the keys of an object have another length');
  const shape = new KnownShape(Uint8Array.prototype.slice.call(bytes, pos, end), keys);
  if (length <= MAX_DEFINITION_BYTES) places[place] = shape;
  return shape;
}
