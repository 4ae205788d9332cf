/**
 * The frame of a message, as in CPython `multiprocessing.connection` over sockets:
 *
 *     0   i32, big-endian: length n of the message, 0 to 0x7fffffff; or -1
 *     4   only after -1: u64, big-endian: length
 *     …   the message
 */
export const SHORT_HEAD_BYTES = 4;
export const LONG_HEAD_BYTES = 12;
const LONG = -1;
const LONGEST_SHORT = 0x7fff_ffff;

export function headOf(length: number): Buffer {
  if (length <= LONGEST_SHORT) {
    const head = Buffer.allocUnsafe(SHORT_HEAD_BYTES);
    head.writeInt32BE(length);
    return head;
  }
  const head = Buffer.allocUnsafe(LONG_HEAD_BYTES);
  head.writeInt32BE(LONG);
  head.writeBigUInt64BE(BigInt(length), SHORT_HEAD_BYTES);
  return head;
}

export interface Head {
  /** Negative when it is no length. May be more than a number can count exactly: then it is far beyond any limit. */
  readonly length: number;
  readonly headBytes: number;
}

/** The head that `bytes` begin with; undefined while it is not whole. */
export function readHead(bytes: Buffer): Head | undefined {
  if (bytes.length < SHORT_HEAD_BYTES) return undefined;
  const length = bytes.readInt32BE(0);
  if (length !== LONG) return { length, headBytes: SHORT_HEAD_BYTES };
  if (bytes.length < LONG_HEAD_BYTES) return undefined;
  return { length: Number(bytes.readBigUInt64BE(SHORT_HEAD_BYTES)), headBytes: LONG_HEAD_BYTES };
}
