/**
 * Which objects a message has mentioned already, and where. Most messages hold a handful of objects, which are found fastest by
 * comparing. Beyond that a Set takes over, which costs one look for each object where a Map costs two; only when an object comes a second time
 * is a Map made, to tell where the first was.
 */
const FEW = 12;

export class Identity {
  private count = 0;
  private readonly few: (object | undefined)[] = new Array<undefined>(FEW).fill(undefined);
  private positions: number[] = [];
  private seen: Set<object> | undefined;
  private places: Map<object, number> | undefined;

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
    if (this.places !== undefined) return this.findPlace(this.places, object, position);
    const seen = (this.seen ??= new Set(this.few as object[]));
    const { size } = seen;
    seen.add(object);
    if (seen.size !== size) {
      this.positions[size] = position;
      return -1;
    }
    return this.findPlace(this.locate(seen), object, position);
  }

  private findPlace(places: Map<object, number>, object: object, position: number): number {
    const known = places.get(object);
    if (known !== undefined) return known;
    places.set(object, position);
    return -1;
  }

  /** From now on, all places can be told. */
  private locate(seen: ReadonlySet<object>): Map<object, number> {
    const places = new Map<object, number>();
    for (const object of seen) places.set(object, this.positions[places.size]!);
    this.seen = undefined;
    return (this.places = places);
  }

  /** Forgets everything that was mentioned at `position` or later. */
  forgetFrom(position: number): void {
    const places = this.places ?? (this.seen === undefined ? undefined : this.locate(this.seen));
    if (places !== undefined) {
      for (const [object, at] of places) if (at >= position) places.delete(object);
      return;
    }
    while (this.count > 0 && this.positions[this.count - 1]! >= position) this.few[--this.count] = undefined;
  }

  /** Lets go of all objects. */
  clear(): void {
    for (let i = 0; i < this.count; i++) this.few[i] = undefined;
    this.count = 0;
    if (this.positions.length > FEW) this.positions = [];
    this.seen = undefined;
    this.places = undefined;
  }
}
