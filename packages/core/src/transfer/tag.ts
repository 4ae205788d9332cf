/**
 * The bytes of a message, all little-endian, offsets relative to its first byte (which its holder aligns to 8):
 *
 *     0          u32: offset of the table, 0 when there is none
 *     4          the value: one tag byte, then what the tag says
 *     table      three varints (shapes, types, blocks), then
 *                  each shape: u32 hash, varint length, that many bytes (varint number of keys, the keys as string values)
 *                  each type:  u8 kind, name and module URL as string values ('' = no module)
 *                  each block: f64 id, f64 generation
 *
 * The table comes last because it is known last; objects name their shape, shareables their type and block, by index into it. It can be
 * read without the value, which is how a receiver finds the modules to load and the blocks to hold before anything is rebuilt.
 *
 * Lengths and counts are varints (LEB128). Payloads of buffers are padded to a multiple of 8. Tags from 0x80 up carry a small value:
 * 0x80 … 0xBF the integers -1 … 62, 0xC0 … 0xFF the length of a Latin-1 string of up to 63 characters.
 */
export const enum Tag {
  Undefined = 0x01,
  Null = 0x02,
  False = 0x03,
  True = 0x04,
  /** Absent element; only inside arrays. */
  Hole = 0x05,
  /** i32 */
  Int32 = 0x06,
  /** f64 */
  Double = 0x07,
  /** i64 */
  BigInt64 = 0x08,
  /** u8 sign (1 = negative), varint bytes, magnitude with the most significant byte first */
  BigInt = 0x09,
  /** varint characters, one byte each */
  Latin1 = 0x0a,
  /** varint UTF-16 code units, two bytes each; lone surrogates survive */
  Utf16 = 0x0b,
  /** u32 offset of the tag of an object that came before (or that is being read): the same object once more */
  Reference = 0x0c,

  /** u24 shape, then one value for each key of the shape */
  Object = 0x10,
  /** varint length, then that many values or holes */
  Array = 0x11,
  /** varint length, i32 each */
  Int32Array = 0x12,
  /** varint length, f64 each */
  DoubleArray = 0x13,
  /** varint length, varint pairs, each: varint index, value */
  SparseArray = 0x14,
  /** f64 */
  Date = 0x16,
  /** source and flags as string values */
  RegExp = 0x17,
  /** a primitive value */
  Boxed = 0x18,
  /** varint entries, each: key, value */
  Map = 0x19,
  /** varint entries */
  Set = 0x1a,
  /** varint bytes, padding, bytes */
  ArrayBuffer = 0x1b,
  /** varint bytes, varint maximum, padding, bytes */
  ResizableBuffer = 0x1c,
  /** u8 kind, varint byteOffset, varint length + 1 (0 = follows the length of its buffer), the buffer as a value */
  View = 0x1d,
  /** varint bytes, padding, bytes: a Buffer with a buffer of its own */
  Buffer = 0x1e,
  /** see error.ts */
  Error = 0x1f,
  /** varint type, varint block, state value */
  Shareable = 0x20,
  /** varint type, data value */
  Reduced = 0x21,
  /** varint bytes, which are not in the message but in the next of the payloads that its carrier brings beside it */
  ApartBuffer = 0x22,

  /** The arrays 0x11 … 0x14 with named properties after their elements: varint pairs, each: key as a string value, value. */
  NamedArray = 0x31,
  NamedInt32Array = 0x32,
  NamedDoubleArray = 0x33,
  NamedSparseArray = 0x34,

  /** Added to the tag of an object (0x10 … 0x34) that a later Reference names: the reader has to remember it. */
  Marked = 0x40,
  SmallInteger = 0x80,
  ShortString = 0xc0,
}

export const HEADER_BYTES = 4;

/** Lowest and highest integer that has a tag of its own. */
export const SMALL_MIN = -1;
export const SMALL_MAX = 62;
/** Longest string whose length is in its tag. */
export const SHORT_STRING_MAX = 63;

export const enum TypeKind {
  Shareable = 0,
  Reduced = 1,
}

/** Numeric arrays from this length on are padded and copied as a whole. */
export const BULK_NUMBERS = 32;
