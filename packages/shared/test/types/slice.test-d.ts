/** Checked by the compiler alone: what `slice` gives of each type. */
import { expectTypeOf } from 'vitest';
import { RawArray, SharedArray, struct, type SharedType, type SliceOf, type Typecode } from '../../src/index.js';

const slice = <Code extends Typecode>(code: Code): SliceOf<Code> => new SharedArray(code, 2).slice();

expectTypeOf(new SharedArray('i32', 2).slice(0, 1)).toEqualTypeOf<Int32Array<ArrayBuffer>>();
expectTypeOf(new RawArray('i32', 2).slice()).toEqualTypeOf<Int32Array<ArrayBuffer>>();
expectTypeOf(slice('b')).toEqualTypeOf<Int8Array<ArrayBuffer>>();
expectTypeOf(slice('B')).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
expectTypeOf(slice('i16')).toEqualTypeOf<Int16Array<ArrayBuffer>>();
expectTypeOf(slice('H')).toEqualTypeOf<Uint16Array<ArrayBuffer>>();
expectTypeOf(slice('I')).toEqualTypeOf<Uint32Array<ArrayBuffer>>();
expectTypeOf(slice('q')).toEqualTypeOf<BigInt64Array<ArrayBuffer>>();
expectTypeOf(slice('u64')).toEqualTypeOf<BigUint64Array<ArrayBuffer>>();
expectTypeOf(slice('f')).toEqualTypeOf<Float32Array<ArrayBuffer>>();
expectTypeOf(slice('d')).toEqualTypeOf<Float64Array<ArrayBuffer>>();
expectTypeOf(slice('?')).toEqualTypeOf<boolean[]>();
expectTypeOf(slice('bool')).toEqualTypeOf<boolean[]>();
expectTypeOf(slice('c')).toEqualTypeOf<string>();
expectTypeOf(slice('u')).toEqualTypeOf<string>();

const rows = new SharedArray(struct({ id: 'u64', tag: ['u8', 4], flags: ['?', 2], at: { x: 'f64' } }), 2);
expectTypeOf(rows.slice()).toEqualTypeOf<{ id: bigint; tag: number[]; flags: boolean[]; at: { x: number } }[]>();
expectTypeOf(rows.getObj().slice()[0]!.tag).toEqualTypeOf<number[]>();

/** One of a kind that is not known is any of them. */
expectTypeOf<string>().toExtend<SliceOf<SharedType>>();
const unknownKind: SharedArray<Typecode> = new SharedArray<Typecode>('i', 1);
expectTypeOf(unknownKind.slice()).toEqualTypeOf<SliceOf<Typecode>>();

// @ts-expect-error -- a copy, not an accessor: the array in it is a plain one
rows.slice()[0]!.tag.subarray(1);
// @ts-expect-error -- a TypedArray
new SharedArray('i', 1).slice().push(1);
