/** The names of scalar types: Python's typecodes and their aliases. */

/** Whole numbers of up to 32 bits. */
export type SmallIntegerCode = 'b' | 'B' | 'h' | 'H' | 'i' | 'I' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32';
/** Whole numbers of 64 bits: `bigint`. */
export type BigIntegerCode = 'l' | 'L' | 'q' | 'Q' | 'i64' | 'u64';
export type IntegerCode = SmallIntegerCode | BigIntegerCode;
export type FloatCode = 'f' | 'd' | 'f32' | 'f64';
export type BooleanCode = '?' | 'bool';
/** `c`: one byte, as a character of one byte (Latin-1). `u`: one code point. */
export type TextCode = 'c' | 'u';

/**
 * | code       | alias         | element                                      | Python's `ctypes`    |
 * | ---------- | ------------- | -------------------------------------------- | -------------------- |
 * | `b`, `B`   | `i8`, `u8`    | number, 1 byte                               | `c_byte`, `c_ubyte`  |
 * | `h`, `H`   | `i16`, `u16`  | number, 2 bytes                              | `c_short`, `c_ushort` |
 * | `i`, `I`   | `i32`, `u32`  | number, 4 bytes                              | `c_int`, `c_uint`    |
 * | `l q`, `L Q` | `i64`, `u64` | bigint, 8 bytes                             | `c_long`, `c_ulong`  |
 * | `f`, `d`   | `f32`, `f64`  | number, 4 and 8 bytes                        | `c_float`, `c_double` |
 * | `?`        | `bool`        | boolean, 1 byte                              | `c_bool`             |
 * | `c`        |               | string of one character of one byte (Latin-1) | `c_char`            |
 * | `u`        |               | string of one code point, 4 bytes            | `c_wchar`            |
 */
export type Typecode = IntegerCode | FloatCode | BooleanCode | TextCode;

/** What an element of a typecode is read as. */
export type ScalarOf<Code extends Typecode> = Code extends BigIntegerCode ? bigint : Code extends BooleanCode ? boolean : Code extends TextCode ? string : number;

/** What can be written to one: whole numbers of 64 bits as safe numbers too. */
export type ScalarInput<Code extends Typecode> = Code extends BigIntegerCode ? bigint | number : ScalarOf<Code>;

/** The typed array over elements of a typecode. */
export type CellsOf<Code extends Typecode> = Code extends 'b' | 'i8'
  ? Int8Array<ArrayBufferLike>
  : Code extends 'B' | 'u8' | BooleanCode | 'c'
    ? Uint8Array<ArrayBufferLike>
    : Code extends 'h' | 'i16'
      ? Int16Array<ArrayBufferLike>
      : Code extends 'H' | 'u16'
        ? Uint16Array<ArrayBufferLike>
        : Code extends 'i' | 'i32'
          ? Int32Array<ArrayBufferLike>
          : Code extends 'I' | 'u32' | 'u'
            ? Uint32Array<ArrayBufferLike>
            : Code extends 'l' | 'q' | 'i64'
              ? BigInt64Array<ArrayBufferLike>
              : Code extends 'L' | 'Q' | 'u64'
                ? BigUint64Array<ArrayBufferLike>
                : Code extends 'f' | 'f32'
                  ? Float32Array<ArrayBufferLike>
                  : Float64Array<ArrayBufferLike>;
