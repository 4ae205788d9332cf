/**
 * The arrays of the array rows, and their check on arrival. `python/arrays.py` makes and checks the same.
 *
 * An array is of one pattern, and has at 64 places from its first to its last one numbers of its own, unique for the array and the place:
 * the receiver looks at these. Arrays are prepared before the clock starts, a small ring of different ones.
 */
export interface Arrays {
  /** How many different ones there are: the i-th that is sent is number `i % count`. */
  readonly count: number;
  /** Fills `array` so that it is the one with this number. */
  fill(array: Float64Array, number: number): void;
  /** @throws Error that says what is wrong with the i-th array that arrived. */
  mustArrive(value: unknown, i: number): void;
}

const PLACES = 64;
const RING = 7;
/** Of arrays from 16 MiB on: a ring of seven would fill a small machine. */
const BIG_RING = 3;
const BIG_BYTES = 16 * 2 ** 20;
const STEP = 2 ** 32;

export function arraysOf(bytes: number | undefined): Arrays {
  if (bytes === undefined) throw new Error('The work names no size of an array.');
  const length = bytes / Float64Array.BYTES_PER_ELEMENT;
  const count = bytes < BIG_BYTES ? RING : BIG_RING;
  const places = Array.from({ length: PLACES }, (_, k) => Math.floor((k * (length - 1)) / (PLACES - 1)));
  const numberAt = (place: number, number: number): number => (number + 1) * STEP + place;
  return {
    count,
    fill(array, number) {
      for (let i = 0; i < length; i++) array[i] = (i % 1024) * 0.5;
      for (const place of places) array[place] = numberAt(place, number);
    },
    mustArrive(value, i) {
      if (!(value instanceof Float64Array) || value.length !== length) throw new Error(`Array ${i} arrived as another thing, or of another length.`);
      for (const place of places) {
        if (value[place] !== numberAt(place, i % count)) throw new Error(`Array ${i} arrived with ${value[place]} at ${place}, where ${numberAt(place, i % count)} was expected.`);
      }
    },
  };
}

/** All arrays of the ring, each in memory that `allocate` gives. */
export function preparedArrays(arrays: Arrays, allocate: () => Float64Array): readonly Float64Array[] {
  return Array.from({ length: arrays.count }, (_, number) => {
    const array = allocate();
    arrays.fill(array, number);
    return array;
  });
}
