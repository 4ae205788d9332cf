/** Messages start at multiples of this: the codec reads numbers where they lie. */
const ALIGNMENT_BYTES = 8;

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
