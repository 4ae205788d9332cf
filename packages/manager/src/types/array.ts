/** A fixed number of elements with a typecode in the server: it takes what the local array takes. */
import { RawArray, type ElementOf, type InputOf, type Typecode } from '@manycore/shared';

/** The array as functions of `transact` have it. */
export class ManagedArray<C extends Typecode = Typecode> implements Iterable<ElementOf<C>> {
  readonly #array: RawArray<C>;

  constructor(typecode: C, sizeOrElements: number | Iterable<InputOf<C>>) {
    this.#array = new RawArray(typecode, sizeOrElements);
  }

  at(index: number): ElementOf<C> {
    return this.#array.at(index);
  }

  set(index: number, value: InputOf<C>): void {
    this.#array.set(index, value);
  }

  length(): number {
    return this.#array.length;
  }

  slice(start?: number, end?: number): ElementOf<C>[] {
    return [...this].slice(start, end);
  }

  snapshot(): ElementOf<C>[] {
    return [...this];
  }

  [Symbol.iterator](): Iterator<ElementOf<C>> {
    return this.#array[Symbol.iterator]();
  }
}
