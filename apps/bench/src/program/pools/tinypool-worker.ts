/** The tasks of tinypool's workers. */
import { Tinypool } from 'tinypool';

export { addOne, echo, pid } from './tasks.js';

export const echoMoved = (bytes: Uint8Array<ArrayBuffer>): unknown => Tinypool.move(bytes);
