/** What all primitives have in common: a block of session memory, and being sent as a reference to it. */
import { inspect } from 'node:util';
import { describe, registerShareable, session, SHARE, type Block, type BlockWords, type Kernel, type Session, type Shareable, type ShareRecord } from '@manycore/core/internal';

/** Given to a constructor instead of what users give it, when the object arrives from somewhere else. */
export class Arrived {
  constructor(
    readonly block: Block,
    readonly state: unknown,
  ) {}
}

export abstract class Primitive implements Shareable {
  protected readonly session: Session;
  protected readonly kernel: Kernel;
  protected readonly block: Block;
  /** As in messages: `Lock`. */
  protected readonly name: string;
  protected readonly words: BlockWords;

  /** @param block - how many bytes a new one has, or the block of one that arrived. */
  protected constructor(
    private readonly type: string,
    block: number | Block,
  ) {
    this.name = type.split('.')[1]!;
    this.session = session();
    this.kernel = this.session.kernel;
    this.block = typeof block === 'number' ? this.session.heap.allocate(block, type) : block;
    this.words = this.block.words;
  }

  /** What belongs to the object and is not in its block; small and cloneable. */
  protected get sentAlong(): unknown {
    return undefined;
  }

  /** What is inside of `<Name(…)>` when the object is inspected. */
  protected abstract describe(): string;

  [SHARE](): ShareRecord {
    const state = this.sentAlong;
    return { type: this.type, block: this.block, ...(state === undefined ? {} : { state }) };
  }

  [inspect.custom](): string {
    return `<${this.name}(${this.describe()})>`;
  }
}

/** Makes a primitive known to the codec. `module` is the `import.meta.url` of the module that calls. */
export function registerPrimitive(type: string, module: string, make: (arrived: Arrived) => object): void {
  registerShareable(type, { module, rebuild: (ref, state) => make(new Arrived(session().heap.acquire(ref, type), state)) });
}

/** A whole number from `least` on. @throws TypeError, RangeError; `what` is as in `Semaphore: value`. */
export function wholeNumber(value: unknown, what: string, least: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`${what} must be a number, got ${describe(value)}.`);
  if (!Number.isInteger(value) || value < least || value > MOST) throw new RangeError(`${what} must be a whole number from ${least} to ${MOST}, got ${value}.`);
  return value;
}

const MOST = 2 ** 31 - 1;

export function mustBeFunction(fn: unknown, call: string): void {
  if (typeof fn !== 'function') throw new TypeError(`${call}: expected a function, got ${describe(fn)}.`);
}
