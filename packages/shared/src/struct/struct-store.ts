/**
 * Structs in memory, one behind the other.
 *
 * A **cursor** goes over them without making anything: it has one accessor, which `moveTo(index)` puts over another struct and gives back. The accessor is the same object each time, so what it shows changes with the
 * next move; nobody may keep it.
 *
 * ```
 * const cursor = store.cursor();
 * for (let i = 0; i < count; i++) sum += cursor.moveTo(i).x;
 * ```
 */
import type { Store } from '../element.js';
import type { AnyAccessor } from './accessor.js';
import { Memory } from './memory.js';
import { AT } from './memory-view.js';
import { write } from './scratch.js';
import type { Struct } from './struct.js';

/** Many structs of one type, one after the other in memory. */
export class StructStore<Element> implements Store<Element> {
  readonly cells: Uint8Array<ArrayBufferLike>;
  readonly #memory: Memory;
  readonly #struct: Struct;

  constructor(struct: Struct, buffer: ArrayBufferLike, byteOffset: number, count: number) {
    this.#struct = struct;
    this.#memory = new Memory(buffer, byteOffset, count * struct.bytes, struct.align);
    this.cells = this.#memory.u8;
  }

  get(index: number): Element {
    return new this.#struct.Accessor(this.#memory, index * this.#struct.bytes) as Element;
  }

  set(index: number, value: unknown, where: string): void {
    write(this.#struct, this.#memory, index * this.#struct.bytes, value, where);
  }

  copy(start: number, end: number): unknown[] {
    const copies: unknown[] = [];
    for (let i = start; i < end; i++) copies.push(this.#struct.plainAt(this.#memory, i * this.#struct.bytes));
    return copies;
  }

  cursor(): Cursor<Element> {
    return new Cursor<Element>(new this.#struct.Accessor(this.#memory, 0), this.#struct.bytes);
  }
}

/** Goes over structs in memory; see the file. */
export class Cursor<Element> {
  readonly #accessor: AnyAccessor;
  readonly #bytes: number;

  constructor(accessor: AnyAccessor, bytes: number) {
    this.#accessor = accessor;
    this.#bytes = bytes;
  }

  /** @param index - a whole number that the caller has checked. @returns the same accessor each time. */
  moveTo(index: number): Element {
    this.#accessor[AT] = index * this.#bytes;
    return this.#accessor as Element;
  }
}
