/**
 * Where C puts the fields of a struct, as the System V ABI has it for x86-64 and AAPCS64 for arm64: in the order they are declared, each at the next multiple of its alignment; a scalar is aligned to its size, an array
 * as its items, a struct as its strictest field; the end is padded to a multiple of the alignment, so that structs lie behind each other in arrays.
 *
 * @see Python `ctypes.Structure` without `_pack_`.
 */
import { MOST_BYTES, type FieldType, type NamedType } from './field-type.js';

/** One field of a struct. */
export interface StructField {
  readonly name: string;
  /** From the start of the struct, in bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** A typecode in Python's form (`'d'` for `'f64'`), a struct, or `[type, length]`. */
  readonly type: NamedType;
}

export interface PlacedField extends StructField {
  readonly fieldType: FieldType;
}

export interface Layout {
  readonly bytes: number;
  readonly align: number;
  readonly fields: readonly PlacedField[];
}

const upTo = (bytes: number, align: number): number => Math.ceil(bytes / align) * align;

/** @throws RangeError for a struct that is too large. */
export function layOut(types: Iterable<readonly [name: string, type: FieldType]>, where: string): Layout {
  const fields: PlacedField[] = [];
  let end = 0;
  let align = 1;
  for (const [name, fieldType] of types) {
    const offset = upTo(end, fieldType.align);
    fields.push({ name, offset, bytes: fieldType.bytes, type: fieldType.type, fieldType });
    end = offset + fieldType.bytes;
    align = Math.max(align, fieldType.align);
  }
  const bytes = upTo(end, align);
  if (bytes > MOST_BYTES) throw new RangeError(`${where}: a struct of ${bytes} bytes is too large; there is room for ${MOST_BYTES}.`);
  return { bytes, align, fields };
}
