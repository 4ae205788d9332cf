/**
 * Which objects a message has mentioned already, and where. Most messages hold a handful of objects, which are found fastest by
 * comparing; beyond that a hash table takes over, which is first a mere set (one operation for each object) and learns positions
 * only when an object really comes a second time.
 */
const FEW = 12;

export class Identity {
  private count = 0;
  private readonly few: (object | undefined)[] = new Array<undefined>(FEW).fill(undefined);
  private positions: number[] = [];
  private seen = new Set<object>();
  private located: Map<object, number> | undefined;

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
    if (this.located !== undefined) {
      const known = this.located.get(object);
      if (known !== undefined) return known;
      this.located.set(object, position);
      return -1;
    }
    const { seen } = this;
    if (seen.size === 0) for (const early of this.few) seen.add(early!);
    const { count } = this;
    seen.add(object);
    if (seen.size > count) {
      this.positions[count] = position;
      this.count = count + 1;
      return -1;
    }
    return this.locate().get(object)!;
  }

  /** A set keeps the order in which its members came, which is the order of `positions`. */
  private locate(): Map<object, number> {
    this.located = new Map();
    let i = 0;
    for (const object of this.seen) this.located.set(object, this.positions[i++]!);
    return this.located;
  }

  /** Forgets everything that was mentioned at `position` or later. */
  forgetFrom(position: number): void {
    const all = this.located ?? new Map(this.firsts());
    this.clear();
    for (const [object, at] of all) if (at < position) this.find(object, at);
  }

  private *firsts(): Generator<[object, number]> {
    const objects = this.seen.size > 0 ? this.seen : this.few.slice(0, this.count);
    let i = 0;
    for (const object of objects) yield [object!, this.positions[i++]!];
  }

  /** Lets go of all objects. */
  clear(): void {
    const { few } = this;
    const used = this.count < FEW ? this.count : FEW;
    for (let i = 0; i < used; i++) few[i] = undefined;
    if (this.seen.size > 0) {
      // A table that grew large would be cleared at its full size after every later message.
      if (this.seen.size > 4096) this.seen = new Set();
      else this.seen.clear();
      this.positions = [];
      this.located = undefined;
    }
    this.count = 0;
  }
}
