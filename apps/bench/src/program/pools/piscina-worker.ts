/** The tasks of piscina's workers. */
import { move } from 'piscina';

export { addOne, echo, pid } from './tasks.js';

export const echoMoved = (bytes: Uint8Array<ArrayBuffer>): unknown => move(bytes);
