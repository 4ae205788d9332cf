/** Checked by the compiler alone: what is inferred from a layout, and what must not compile. */
import { expectTypeOf } from 'vitest';
import { RawArray, SharedArray, struct, Value, type FixedArray, type Struct, type StructInput } from '../../src/index.js';

const Point = struct({ x: 'f64', y: 'f64' });
const Row = struct({
  id: 'u32', big: 'i64', ok: '?', letter: 'c', tag: ['u8', 16], ids: ['u64', 2], name: ['c', 8], short: ['c', 8, 'cut'], wide: ['u', 4], at: Point, path: [Point, 3], flags: ['bool', 2], matrix: [['f32', 3], 3], names: [['c', 4], 2],
  inner: { deep: { value: 'i8' } },
});
const array = new SharedArray(Row, 3);
const row = array.at(0);

expectTypeOf(Point).toEqualTypeOf<Struct<{ readonly x: 'f64'; readonly y: 'f64' }>>();
expectTypeOf(new Value(Point).value).toEqualTypeOf<{ x: number; y: number }>();
expectTypeOf(row.id).toEqualTypeOf<number>();
expectTypeOf(row.big).toEqualTypeOf<bigint>();
expectTypeOf(row.ok).toEqualTypeOf<boolean>();
expectTypeOf(row.letter).toEqualTypeOf<string>();
expectTypeOf(row.tag).toEqualTypeOf<Uint8Array<ArrayBufferLike>>();
expectTypeOf(row.ids).toEqualTypeOf<BigUint64Array<ArrayBufferLike>>();
expectTypeOf(row.name).toEqualTypeOf<string>();
expectTypeOf(row.short).toEqualTypeOf<string>();
expectTypeOf(row.wide).toEqualTypeOf<string>();
expectTypeOf(row.at).toEqualTypeOf<{ x: number; y: number }>();
expectTypeOf(row.path.at(0)).toEqualTypeOf<{ x: number; y: number }>();
expectTypeOf(row.flags.at(0)).toEqualTypeOf<boolean>();
expectTypeOf(row.matrix.at(0)).toEqualTypeOf<Float32Array<ArrayBufferLike>>();
expectTypeOf([...row.names]).toEqualTypeOf<string[]>();
expectTypeOf(row.inner.deep.value).toEqualTypeOf<number>();
expectTypeOf(row.flags).toEqualTypeOf<FixedArray<boolean>>();
expectTypeOf(Row.plain(row).path).toEqualTypeOf<{ x: number; y: number }[]>();
expectTypeOf(Row.plain(row).matrix).toEqualTypeOf<number[][]>();
expectTypeOf(Row.plain(row).ids).toEqualTypeOf<bigint[]>();
expectTypeOf(Row.store(new ArrayBuffer(8), 0, 1).cursor().moveTo(0)).toEqualTypeOf<typeof row>();
for (const { id } of new RawArray(Row, 1)) expectTypeOf(id).toEqualTypeOf<number>();

row.id = 1;
row.at = { x: 1, y: 2 };
row.path.set(0, { x: 1 });
row.matrix.set(0, [1, 2, 3]);
array.set(0, { big: 5, ids: [1, 2n], tag: [...new Uint8Array(16)], path: [{ x: 1 }, {}, Point.store(new ArrayBuffer(16), 0, 1).get(0)] });
array.set(0, row);
new SharedArray(Row, [{ id: 1 }, row]);
new Value(Row).value = row;
expectTypeOf<StructInput<{ x: 'f64'; n: 'u64' }>>().toEqualTypeOf<{ readonly x?: number; readonly n?: number | bigint }>();

// @ts-expect-error -- no such field
row.nothing = 1;
// @ts-expect-error -- a number
row.id = '1';
// @ts-expect-error -- a bigint
row.big = 1;
// @ts-expect-error -- no such field
array.set(0, { nothing: 1 });
// @ts-expect-error -- a number
array.set(0, { id: '1' });
// @ts-expect-error -- no such field inside
array.set(0, { at: { z: 1 } });
// @ts-expect-error -- no such typecode
struct({ x: 'int' });
// @ts-expect-error -- no such typecode in an array
struct({ x: ['int', 3] });
// @ts-expect-error -- only text is cut
struct({ x: ['u8', 3, 'cut'] });
// @ts-expect-error -- a length is missing
struct({ x: ['u8'] });
// @ts-expect-error -- the layout is read-only
Point.fields[0]!.offset = 1;
