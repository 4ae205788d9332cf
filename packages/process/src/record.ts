/**
 * What a parent and its child know of each other in shared memory: one block for each child, held by both, so that either may die first.
 *
 * Words:
 * | word | name           | written by | meaning |
 * | ---- | -------------- | ---------- | --- |
 * | 0    | PHASE          | child      | how far it came, see ticket.ts |
 * | 1    | PREPARATION    | both       | bundle: the block with the preparation, then every block that the arguments mention; 0 when taken |
 * | 2    | HEAD_BYTES     | parent     | length of the head, JSON, at offset 0 of the preparation |
 * | 3    | INLINE_BYTES   | parent     | length of the inline target, encoded, behind it, at the next multiple of 8; 0: there is none |
 * | 4    | INPUT_BYTES    | parent     | length of what the target is given, encoded, behind that, at the next multiple of 8 |
 * | 5    | FAILURE        | child      | bundle: the block with the encoded error, then every block that the error mentions |
 * | 6    | FAILURE_BYTES  | child      | length of the encoded error; the commit of it. -1: there was one, and no memory for it |
 *
 * The bundles belong to the record, not to a process: arguments live until the child has them although the parent may have dropped them,
 * and the error lives until the parent drops the record although the child is gone.
 *
 * | killed after                           | what is left |
 * | -------------------------------------- | --- |
 * | parent: the record, or the preparation | nobody holds the record: it is given back with its bundle |
 * | child: taking the arguments            | the bundle stays with the record, until the parent sees the end |
 * | child: FAILURE, before FAILURE_BYTES   | no error was told; the bundle goes with the record |
 */
import { bytesOf, session, type Block, type Encoded } from '@manycore/core/internal';
import { aligned } from './bytes.js';
import type { Preparation } from './preparation.js';
import { newNonce, phaseOf, type Phase, type Ticket } from './ticket.js';

const TYPE = 'manycore.process-record';
const PREPARATION_TYPE = 'manycore.process-preparation';
const FAILURE_TYPE = 'manycore.process-failure';

const PHASE = 0;
const PREPARATION = 1;
const HEAD_BYTES = 2;
const INLINE_BYTES = 3;
const INPUT_BYTES = 4;
const FAILURE = 5;
const FAILURE_BYTES = 6;
const RECORD_BYTES = 64;
const UNTOLD = -1;

/** An encoded value in shared memory. It and the blocks that it mentions are there as long as somebody has the record. */
export interface StoredMessage {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A preparation, but for its head, as the child finds it. */
export interface StoredPreparation {
  readonly inline: StoredMessage | undefined;
  readonly input: StoredMessage;
}

export class ProcessRecord {
  readonly #block: Block;
  readonly #nonce: number;

  private constructor(block: Block, nonce: number) {
    this.#block = block;
    this.#nonce = nonce;
  }

  /** Allocates a record and stores in it what the child is to be told. @throws OutOfMemoryError; then nothing is left. */
  static create({ head, inline, input }: Preparation): { record: ProcessRecord; ticket: Ticket } {
    const { heap, inheritance } = session();
    const nonce = newNonce();
    const record = new ProcessRecord(heap.allocate(RECORD_BYTES, TYPE), nonce);
    record.#store(PHASE, nonce);
    const inlineAt = aligned(head.length);
    const inputAt = aligned(inlineAt + inline.length);
    const end = inputAt + input.length;
    const block = heap.allocate(end, PREPARATION_TYPE);
    const bytes = bytesOf(block, end);
    bytes.set(head);
    bytes.set(inline.bytes.subarray(0, inline.length), inlineAt);
    bytes.set(input.bytes.subarray(0, input.length), inputAt);
    record.#store(HEAD_BYTES, head.length);
    record.#store(INLINE_BYTES, inline.length);
    record.#store(INPUT_BYTES, input.length);
    heap.bundle(record.#block, [block, ...inline.refs, ...input.refs], record.#address(PREPARATION));
    const { id, generation, offset: recordAt } = record.#block;
    return {
      record,
      ticket: {
        parent: process.pid,
        memory: inheritance.identity,
        id,
        generation,
        recordAt,
        nonce,
        headAt: block.offset,
        headBytes: head.length,
      },
    };
  }

  /** For the child: the record its parent made. @throws ClosedError when it is gone. */
  static open({ id, generation, nonce }: Ticket): ProcessRecord {
    return new ProcessRecord(session().heap.acquire({ id, generation }, TYPE), nonce);
  }

  get phase(): Phase {
    return phaseOf(this.#load(PHASE), this.#nonce);
  }

  /** For the child: what it is told. It stays in place until `dropPreparation`. */
  preparation(): StoredPreparation {
    const block = firstOf(this.#load(PREPARATION), this.#address(PREPARATION));
    const headBytes = this.#load(HEAD_BYTES);
    const inlineAt = aligned(headBytes);
    const inlineBytes = this.#load(INLINE_BYTES);
    const inputAt = aligned(inlineAt + inlineBytes);
    const end = inputAt + this.#load(INPUT_BYTES);
    const bytes = bytesOf(block, end);
    return {
      inline: inlineBytes === 0 ? undefined : { bytes, start: inlineAt, end: inlineAt + inlineBytes },
      input: { bytes, start: inputAt, end },
    };
  }

  /** Whether the child has come for its arguments, or nobody will. */
  get isTaken(): boolean {
    return this.#load(PREPARATION) === 0;
  }

  /** Gives back what only the transport of the arguments needed. By the child once it has them, or by the parent when there is no child, or none any more. */
  dropPreparation(): void {
    const { heap } = session();
    const bundle = this.#load(PREPARATION);
    if (bundle !== 0) heap.dropBundle(bundle, this.#address(PREPARATION));
  }

  /** For the child: hands its error over. @throws OutOfMemoryError */
  putFailure(error: Encoded): void {
    const { heap } = session();
    const block = heap.allocate(error.length, FAILURE_TYPE);
    bytesOf(block, error.length).set(error.bytes.subarray(0, error.length));
    heap.bundle(this.#block, [block, ...error.refs], this.#address(FAILURE));
    this.#store(FAILURE_BYTES, error.length);
  }

  /** For the child, when `putFailure` failed: says at least that there was an error. */
  markUntold(): void {
    this.#store(FAILURE_BYTES, UNTOLD);
  }

  get hasFailure(): boolean {
    return this.#load(FAILURE_BYTES) !== 0;
  }

  /** The error the child handed over; `'untold'` when it could not; undefined when there was none. */
  failure(): StoredMessage | 'untold' | undefined {
    const length = this.#load(FAILURE_BYTES);
    if (length === 0) return undefined;
    if (length === UNTOLD) return 'untold';
    return { bytes: bytesOf(firstOf(this.#load(FAILURE), this.#address(FAILURE)), length), start: 0, end: length };
  }

  /** Lets go of the record at once: what the child did not come to take of its arguments is held by nobody then. It must not be used afterwards. */
  release(): void {
    session().heap.release(this.#block);
  }

  #load(word: number): number {
    return this.#block.words.load(word);
  }

  #store(word: number, value: number): void {
    this.#block.words.store(word, value);
  }

  /** Word address in session memory. */
  #address(word: number): number {
    return this.#block.offset / 4 + word;
  }
}

/** The block of the message in a bundle. What it mentions is held by the bundle alone, which outlives the decoding; an own hold of that would last until the garbage collector comes. */
function firstOf(bundle: number, journal: number): Block {
  const { heap } = session();
  const [block, ...mentioned] = heap.unbundle(bundle, journal);
  heap.releaseAll(mentioned);
  return block!;
}
