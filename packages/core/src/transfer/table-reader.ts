/** The table of a message, see `tag.ts`: readable without the value it belongs to. */
import { readShape, type KnownShape } from './known-shape.js';
import type { Reader } from './reader.js';
import type { BlockRef } from './shareable.js';
import { HEADER_BYTES, TypeKind } from './tag.js';

export interface TypeEntry {
  readonly kind: TypeKind;
  readonly name: string;
  readonly module: string;
}

export interface Table {
  readonly shapes: readonly KnownShape[];
  readonly types: readonly TypeEntry[];
  readonly blocks: readonly BlockRef[];
}

const NO_TABLE: Table = { shapes: [], types: [], blocks: [] };
const NONE: readonly never[] = [];

/** Reads the table and leaves the reader at the value, with the table cut off. */
export function readTable(reader: Reader): Table {
  const offset = reader.uint32();
  if (offset === 0) return NO_TABLE;
  if (offset < HEADER_BYTES || offset > reader.end - reader.start) throw reader.damaged('its table is elsewhere');
  const value = reader.pos;
  reader.pos = reader.start + offset;
  const shapes = new Array<KnownShape>(reader.count());
  const types = reader.count();
  const blocks = reader.count();
  for (let i = 0; i < shapes.length; i++) shapes[i] = readShape(reader);
  const table = {
    shapes,
    types: types === 0 ? NONE : Array.from({ length: types }, () => readType(reader)),
    blocks: blocks === 0 ? NONE : Array.from({ length: blocks }, () => ({ id: reader.double(), generation: reader.double() })),
  };
  if (reader.pos !== reader.end) throw reader.damaged('something follows its table');
  reader.pos = value;
  reader.end = reader.start + offset;
  return table;
}

function readType(reader: Reader): TypeEntry {
  const kind = reader.byte();
  if (kind !== TypeKind.Shareable && kind !== TypeKind.Reduced) throw reader.damaged('a type of an unknown kind');
  return { kind, name: reader.string(), module: reader.string() };
}
