/** Node puts small Buffers into a common pool; the rest of the pool is no part of their value. */

const poolBytesAtStart = Buffer.allocUnsafe(1).buffer.byteLength;

/** Whether `view` is a Buffer in a part of Node's pool. Sharing among such Buffers is not kept: each is sent as its own bytes. */
export function isPooled(view: ArrayBufferView): boolean {
  if (!Buffer.isBuffer(view)) return false;
  const whole = view.buffer.byteLength;
  return whole !== view.byteLength && (whole === poolBytesAtStart || whole === Buffer.poolSize);
}
