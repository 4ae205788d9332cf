/** Bytes that change hands are numbered anew for each way, at places from the first to the last, before they go. */
const PLACES = 64;

function placeOf(k: number, length: number): number {
  return Math.floor((k * (length - 1)) / (PLACES - 1));
}

/** A byte that differs from that of the numbers before and after, and of the places before and after. */
function byteOf(number: number, k: number): number {
  return (number * 31 + k * 7) & 0xff;
}

export function stamp(bytes: Uint8Array, number: number): void {
  for (let k = 0; k < PLACES; k++) bytes[placeOf(k, bytes.length)] = byteOf(number, k);
}

/** @throws Error that says what is wrong with the bytes of this number. */
export function mustBeStamped(value: unknown, number: number, length = 2 ** 20): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array) || value.length !== length) throw new Error(`Bytes ${number} came back as another thing, or of another length.`);
  for (let k = 0; k < PLACES; k++) {
    const got = value[placeOf(k, length)];
    if (got !== byteOf(number, k)) throw new Error(`Bytes ${number} came back with ${got} at ${placeOf(k, length)}, where ${byteOf(number, k)} was due.`);
  }
  return value as Uint8Array<ArrayBuffer>;
}
