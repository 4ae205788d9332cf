/**
 * Shapes: the key lists of plain objects, as the encoder knows them.
 *
 * The keys of an object are walked once, together with its values, through a tree whose edges are keys; the node reached at the end is the
 * object's shape. So an object of a known shape costs one pointer comparison for each key, and its keys are written once for each message.
 */
import { HEADER_BYTES } from './tag.js';
import { Writer } from './writer.js';

/** Beyond this many nodes the tree is dropped and grown anew: objects used as dictionaries must not fill the memory. */
const MAX_NODES = 8192;
/** Objects with more keys than this get a shape of their own, which is not kept. */
const MAX_CACHED_KEYS = 128;

let nodes = 0;

export class Shape {
  /** Number of the last message that mentions this shape, and its index there. */
  message = 0;
  index = 0;
  /** The edge taken last: most objects at one node continue alike. */
  private lastKey: string | undefined;
  private last: Shape | undefined;
  private others: Map<string, Shape> | undefined;
  private entry: Uint8Array | undefined;

  constructor(
    private readonly parent: Shape | undefined,
    private readonly key: string,
    private readonly size: number,
  ) {}

  /** The shape with one more key. */
  with(key: string): Shape {
    return this.lastKey === key ? this.last! : this.branch(key);
  }

  private branch(key: string): Shape {
    let shape = this.others?.get(key);
    if (shape === undefined) {
      shape = new Shape(this, key, this.size + 1);
      if (shape.size > MAX_CACHED_KEYS) return shape;
      if (++nodes > MAX_NODES) {
        nodes = 0;
        emptyShape.forget();
      }
      (this.others ??= new Map()).set(key, shape);
    }
    this.lastKey = key;
    this.last = shape;
    return shape;
  }

  private forget(): void {
    this.lastKey = this.last = this.others = undefined;
  }

  /** The entry of this shape in the table of a message. */
  tableEntry(): Uint8Array {
    return (this.entry ??= this.write());
  }

  private write(): Uint8Array {
    const keys = new Array<string>(this.size);
    for (let shape: Shape = this; shape.parent !== undefined; shape = shape.parent) keys[shape.size - 1] = shape.key;
    const definition = new Writer(64 + this.size * 16);
    definition.varint(keys.length);
    for (const key of keys) definition.string(key);
    const bytes = definition.bytes.subarray(HEADER_BYTES, definition.pos);
    const entry = new Writer(bytes.length + 64);
    entry.uint32(hashOf(bytes));
    entry.varint(bytes.length);
    entry.raw(bytes);
    return Uint8Array.prototype.slice.call(entry.bytes, HEADER_BYTES, entry.pos);
  }
}

/** The shape of `{}`, from which all others branch. */
export const emptyShape = new Shape(undefined, '', 0);

/** FNV-1a, without its top bits so that it stays a small integer. It only has to spread; the reader compares the bytes. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash & 0x3fff_ffff;
}
