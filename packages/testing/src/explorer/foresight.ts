import { isMemory, performOnMemory } from './memory-operation.js';
import { Op, type Operation } from './operation.js';

/**
 * Guesses what the next operations of an actor return if it goes on alone, on a copy of the memory. One run of the actor then shows many
 * of its states. A wrong guess is harmless: it shows a state that no schedule comes to.
 */
export class Foresight {
  private readonly cells: Int32Array;

  constructor(
    private readonly state: Int32Array,
    private readonly plainAt: number,
    private readonly clockAt: number,
    private readonly isAlive: (owner: number) => boolean,
  ) {
    this.cells = new Int32Array(clockAt);
  }

  /** All guesses until the next call are about the memory of now. */
  begin(): void {
    for (let cell = 0; cell < this.clockAt; cell++) this.cells[cell] = this.state[cell] as number;
  }

  /** undefined where the actor would sleep, or gives way to others. */
  guess(operation: Operation): number | undefined {
    const { kind, target, a, b } = operation;
    if (isMemory(kind)) return performOnMemory(this.cells, this.plainAt, operation);
    switch (kind) {
      case Op.Wait:
        return this.cells[target] === a && b > 0 ? undefined : 0;
      case Op.Wake:
        return 0;
      case Op.Ring:
        return 1;
      case Op.IsAlive:
        return this.isAlive(target) ? 1 : 0;
      case Op.Now:
        return this.state[this.clockAt];
      default:
        return undefined;
    }
  }
}
