/** A list of int32 that grows; plain arrays of millions of numbers cost several times the memory. */
export class IntList {
  length = 0;
  private cells = new Int32Array(1024);

  push(value: number): void {
    this.reserve(1);
    this.cells[this.length++] = value;
  }

  pushAll(values: Int32Array): void {
    this.reserve(values.length);
    this.cells.set(values, this.length);
    this.length += values.length;
  }

  get(index: number): number {
    return this.cells[index] as number;
  }

  set(index: number, value: number): void {
    this.cells[index] = value;
  }

  /** Copies `target.length` cells from `start` into `target`. */
  copyTo(target: Int32Array, start: number): void {
    // A loop, because a view of so few cells costs more than they do.
    for (let index = 0; index < target.length; index++) target[index] = this.cells[start + index] as number;
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.cells.length) return;
    const larger = new Int32Array(Math.max(this.cells.length * 2, this.length + count));
    larger.set(this.cells.subarray(0, this.length));
    this.cells = larger;
  }
}
