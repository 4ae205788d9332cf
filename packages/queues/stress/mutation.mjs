/** Damage to bytes. */

/** Tags, markers and borders of lengths. */
const BYTES = [0, 1, 2, 5, 0x0a, 0x0b, 0x0c, 0x10, 0x11, 0x12, 0x13, 0x14, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x31, 0x34, 0x50, 0x51, 0x59, 0x7f, 0x80, 0xbf, 0xc0, 0xff];
/** Numbers at which something else begins: as lengths, counts, sizes and offsets. */
const NUMBERS = [0, 1, 127, 128, 1023, 1024, 1025, 65_535, 65_536, 2 ** 20, 2 ** 24, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 60];

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const at = (random, bytes) => random.integer(0, Math.max(0, bytes.length - 1));

const MUTATIONS = [
  function flipBit(random, bytes) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at(random, copy)] ^= 1 << random.integer(0, 7);
    return copy;
  },
  function setByte(random, bytes) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at(random, copy)] = random.pick(BYTES);
    return copy;
  },
  function blowUp(random, bytes) {
    const place = at(random, bytes);
    return Buffer.concat([bytes.subarray(0, place), varint(random.pick(NUMBERS)), bytes.subarray(place + 1)]);
  },
  /** A message starts with the offset of its table, and references are such words too. */
  function setWord(random, bytes) {
    const copy = Buffer.from(bytes);
    if (copy.length >= 4) copy.writeUInt32LE(random.pick([random.integer(0, bytes.length), random.uint32()]), random.pick([0, random.integer(0, copy.length - 4)]));
    return copy;
  },
  function truncate(random, bytes) {
    return Buffer.from(bytes.subarray(0, at(random, bytes)));
  },
  function remove(random, bytes) {
    const place = at(random, bytes);
    return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + random.integer(1, 20))]);
  },
  function repeat(random, bytes) {
    const place = at(random, bytes);
    const part = bytes.subarray(place, place + random.integer(1, 60));
    return Buffer.concat([bytes.subarray(0, place), ...Array.from({ length: random.pick([2, 3, 50]) }, () => part), bytes.subarray(place)]);
  },
];

/** A few changes of a message; sometimes the beginning of one and the end of another. */
export function mutated(random, pick) {
  let bytes = pick();
  if (random.integer(0, 3) === 0) {
    const other = pick();
    bytes = Buffer.concat([bytes.subarray(0, at(random, bytes)), other.subarray(at(random, other))]);
  }
  for (let left = random.pick([1, 1, 1, 2, 3, 8]); left > 0; left--) bytes = random.pick(MUTATIONS)(random, bytes);
  return bytes;
}
