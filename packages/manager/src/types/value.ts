/** A value with a typecode in the server: it takes what the local one takes. */
import { RawValue, type ElementOf, type InputOf, type Typecode } from '@manycore/shared';

/** The value as functions of `transact` have it. */
export class ManagedValue<C extends Typecode = Typecode> {
  readonly #value: RawValue<C>;

  constructor(typecode: C, init?: InputOf<C>) {
    this.#value = new RawValue(typecode, init);
  }

  get(): ElementOf<C> {
    return this.#value.value;
  }

  set(value: InputOf<C>): void {
    this.#value.value = value;
  }
}
