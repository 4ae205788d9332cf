/**
 * What a pool and its workers say to each other: messages of the codec through a link (queues), each with a few words behind its head, so that whoever cannot rebuild the value still knows which task it is of.
 *
 * | word | to a worker                                         | from a worker                                       |
 * | ---- | --------------------------------------------------- | --------------------------------------------------- |
 * | 0    | length of the message's head without these words    | the same                                            |
 * | 1    | cell of the board (board.ts)                        | the same                                            |
 * | 2    | sequence number: this use of the cell               | the same                                            |
 * | 3    | operation                                           | outcome                                             |
 * | 4    | number of the function                              | how long the task ran: milliseconds, as float32     |
 * | 5    | number of the task                                  | when it began, or the worker was ready (clock.ts)   |
 *
 * Operations, and what their message is:
 *
 * | DEFINE  | the name of a function, which the number stands for from now on            |
 * | INIT    | arguments of the initializer: run before any task; a failure ends the worker |
 * | CALL    | the arguments                                                               |
 * | MAP     | items: the function is called with each                                     |
 * | STARMAP | the same, each item being a list of arguments                               |
 *
 * With the last three go flags, and in the upper half of the word which attempt it is.
 *
 * Outcomes:
 *
 * | READY       | undefined: the worker has run its initializer; wakes nobody, the next message does             |
 * | INIT_FAILED | what the initializer threw                                                                     |
 * | DONE        | the result, of MAP an array                                                                    |
 * | FAILED      | what was thrown                                                                                |
 * | MIXED       | of MAP with EACH: { results, errors: [index, error] …}: items that failed did not end the chunk |
 * | PROGRESS    | what the task reported                                                                         |
 */
import type { Encoded } from '@manycore/core/internal';
import type { Received } from '@manycore/queues/internal';

export const DEFINE = 1;
export const INIT = 2;
export const CALL = 3;
export const MAP = 4;
export const STARMAP = 5;
export type Operation = typeof CALL | typeof MAP | typeof STARMAP;
/** With MAP, STARMAP: an item that fails does not end the chunk. */
export const EACH = 0x100;
/** The worker writes into the board when the task begins. */
export const TIMED = 0x200;
/** With CALL, MAP, STARMAP: behind the arguments or items goes the context of the call (carried-context.ts). */
export const CONTEXT = 0x400;
/** Both ways: the message's payloads were moved ahead of it (ferry.ts). */
export const MOVED = 0x800;
/** With CALL, MAP, STARMAP: there is a CPU for who looks long for the next message (crew-load.ts). */
export const LINGER = 0x1000;

export const READY = 1;
export const INIT_FAILED = 2;
export const DONE = 3;
export const FAILED = 4;
export const MIXED = 5;
export const PROGRESS = 6;
/** With DONE, FAILED, MIXED: the worker has grown too large, and takes no further task. */
export const LARGE = 0x100;

const WORDS = 6;
const WORD_BYTES = WORDS * 4;

const ATTEMPT_SHIFT = 16;
export const OPERATION_MASK = 0xff;
export const operationWord = (operation: Operation, flags: number, attempt: number): number => operation | flags | (attempt << ATTEMPT_SHIFT);
export const attemptOf = (word: number): number => word >>> ATTEMPT_SHIFT;

export interface MixedResults {
  readonly results: readonly unknown[];
  readonly errors: readonly (readonly [index: number, error: unknown])[];
}

/** Adds the words, empty. */
export function addWords(message: Encoded): Encoded {
  const { head } = message;
  const at = message.append(WORDS);
  message.words[at] = head;
  return message;
}

/** Fills the words in; may be done again. */
export function setWords({ words, head }: Encoded, cell: number, sequence: number, what: number, four: number, five: number): void {
  const at = (head - WORD_BYTES) / 4;
  words[at + 1] = cell;
  words[at + 2] = sequence;
  words[at + 3] = what;
  words[at + 4] = four;
  words[at + 5] = five;
}

/** The words of a message that was received; one object for all, valid until the next. */
export class Words {
  length = 0;
  cell = 0;
  sequence = 0;
  what = 0;
  four = 0;
  five = 0;

  read({ bytes, length }: Pick<Received, 'bytes' | 'length'>): this {
    const at = length - WORD_BYTES;
    this.length = bytes.readInt32LE(at);
    this.cell = bytes.readInt32LE(at + 4);
    this.sequence = bytes.readInt32LE(at + 8);
    this.what = bytes.readInt32LE(at + 12);
    this.four = bytes.readInt32LE(at + 16);
    this.five = bytes.readInt32LE(at + 20);
    return this;
  }
}
