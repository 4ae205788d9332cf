/**
 * Text in Buffers by the methods that `write` and `toString` end up in: nearly a third faster for short strings. Node has them in every line we
 * support but does not document them, so the documented way stands in where they are missing.
 */
interface TextMethods {
  latin1Write?(this: Buffer, text: string, offset: number, bytes: number): number;
  ucs2Write?(this: Buffer, text: string, offset: number, bytes: number): number;
  latin1Slice?(this: Buffer, start: number, end: number): string;
  ucs2Slice?(this: Buffer, start: number, end: number): string;
}

const { latin1Write, ucs2Write, latin1Slice, ucs2Slice } = Buffer.prototype as unknown as TextMethods;

type Write = (buffer: Buffer, text: string, offset: number, bytes: number) => number;
type Slice = (buffer: Buffer, start: number, end: number) => string;

export const writeLatin1: Write =
  latin1Write === undefined
    ? (buffer, text, offset, bytes) => buffer.write(text, offset, bytes, 'latin1')
    : (buffer, text, offset, bytes) => latin1Write.call(buffer, text, offset, bytes);

export const writeUtf16: Write =
  ucs2Write === undefined
    ? (buffer, text, offset, bytes) => buffer.write(text, offset, bytes, 'utf16le')
    : (buffer, text, offset, bytes) => ucs2Write.call(buffer, text, offset, bytes);

export const sliceLatin1: Slice =
  latin1Slice === undefined ? (buffer, start, end) => buffer.toString('latin1', start, end) : (buffer, start, end) => latin1Slice.call(buffer, start, end);

export const sliceUtf16: Slice =
  ucs2Slice === undefined ? (buffer, start, end) => buffer.toString('utf16le', start, end) : (buffer, start, end) => ucs2Slice.call(buffer, start, end);
