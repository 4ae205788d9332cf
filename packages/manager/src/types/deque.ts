/** A list that is filled at its end and emptied at its front, each in constant time. What was taken is not kept. */
export class Deque<T> {
  #items: (T | undefined)[] = [];
  #front = 0;

  get length(): number {
    return this.#items.length - this.#front;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the oldest. The deque must not be empty. */
  shift(): T {
    const item = this.#items[this.#front] as T;
    this.#items[this.#front++] = undefined;
    // Half of it is empty by then, so that moving the rest costs as much as it was to take what is gone.
    if (this.#front > 32 && this.#front * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#front);
      this.#front = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#front = 0;
  }
}
