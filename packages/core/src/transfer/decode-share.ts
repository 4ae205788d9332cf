/** Objects of ours and instances that a reducer handles, from bytes. */
import { ManycoreError, SerializationError } from '../errors.js';
import type { Decoder } from './decoder.js';
import { foreignType, requireType } from './module.js';
import type { Reducer } from './reducer.js';
import type { ShareableType } from './shareable.js';
import { isStackOverflow } from './stack-overflow.js';
import type { Table } from './table-reader.js';
import { TypeKind } from './tag.js';

export function readShareable(decoder: Decoder, table: Table, foreign: boolean): unknown {
  const type = readType(decoder, table, TypeKind.Shareable, foreign);
  const block = table.blocks[decoder.varint()];
  if (block === undefined) throw decoder.damaged('a shared object without a block');
  const state = decoder.value();
  return rebuilt(() => type.rebuild(block, state));
}

export function readReduced(decoder: Decoder, table: Table, foreign: boolean): unknown {
  const reducer = readType(decoder, table, TypeKind.Reduced, foreign) as Reducer;
  const data = decoder.value();
  return rebuilt(() => reducer.rebuild(data));
}

function readType(decoder: Decoder, table: Table, kind: TypeKind, foreign: boolean): ShareableType | Reducer {
  const entry = table.types[decoder.varint()];
  if (entry?.kind !== kind) throw decoder.damaged('an object without a type');
  return foreign ? foreignType(entry) : requireType(entry);
}

/** Errors of ours say enough; what else a rebuild function throws says nothing of where it comes from. */
function rebuilt(rebuild: () => unknown): unknown {
  try {
    return rebuild();
  } catch (cause) {
    if (cause instanceof ManycoreError || isStackOverflow(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : 'something was thrown that is no error';
    throw new SerializationError(`rebuilding a received object failed: ${reason}`, { cause });
  }
}
