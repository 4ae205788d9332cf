/**
 * Which objects a message has mentioned already, and where. Most messages hold a handful of objects, which are found fastest by
 * comparing; beyond that a hash table takes over.
 */
const FEW = 12;

export class Identity {
  private count = 0;
  private readonly few: (object | undefined)[] = new Array<undefined>(FEW).fill(undefined);
  private readonly positions: number[] = new Array<number>(FEW).fill(0);
  private many: Map<object, number> | undefined;

  /** Where `object` was mentioned first; -1 when this is the first time, which is then remembered as `position`. */
  find(object: object, position: number): number {
    const { count, few } = this;
    if (count >= FEW) return this.findInMany(object, position);
    for (let i = 0; i < count; i++) {
      if (few[i] === object) return this.positions[i]!;
    }
    few[count] = object;
    this.positions[count] = position;
    this.count = count + 1;
    return -1;
  }

  private findInMany(object: object, position: number): number {
    const many = (this.many ??= new Map(this.first()));
    const known = many.get(object);
    if (known !== undefined) return known;
    many.set(object, position);
    return -1;
  }

  private first(): [object, number][] {
    return this.few.slice(0, this.count).map((object, i) => [object!, this.positions[i]!]);
  }

  /** Forgets everything that was mentioned at `position` or later. */
  forgetFrom(position: number): void {
    if (this.many !== undefined) {
      for (const [object, at] of this.many) if (at >= position) this.many.delete(object);
      return;
    }
    while (this.count > 0 && this.positions[this.count - 1]! >= position) this.few[--this.count] = undefined;
  }

  /** Lets go of all objects. */
  clear(): void {
    for (let i = 0; i < this.count; i++) this.few[i] = undefined;
    this.count = 0;
    this.many = undefined;
  }
}
