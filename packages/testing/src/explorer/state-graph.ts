import { IntList } from './int-list.js';

/** What happened between two states: who, what, and for a wake whom it reached. */
export const Move = { Step: 0, Kill: 1, Slice: 2, StuckSlice: 3 } as const;

export interface Transition {
  readonly move: number;
  readonly actor: number;
  readonly woken: number;
}

const encode = (move: number, actor: number, woken: number): number => move | (actor << 2) | (woken << 5);

const decode = (code: number): Transition => ({ move: code & 3, actor: (code >> 2) & 7, woken: code >> 5 });

/**
 * The states and the transitions between them. A state is its number; states are expanded in that order, so the transitions out of one lie
 * together. The graph has no cycle: every transition makes some actor's run longer or ends it.
 */
export class StateGraph {
  private readonly firstEdge = new IntList();
  private readonly targets = new IntList();
  private readonly parents = new IntList();
  private readonly codes = new IntList();
  private readonly turns = new IntList();

  get size(): number {
    return this.parents.length;
  }

  addRoot(): void {
    this.parents.push(-1);
    this.codes.push(0);
    this.turns.push(0);
  }

  /** All transitions added until the next call leave the state that comes next in order. */
  beginExpansion(): void {
    this.firstEdge.push(this.targets.length);
  }

  /**
   * Adds a transition. Of several equally short ways to a state the one with the fewest turns is remembered, because it reads best;
   * `sameDepth` says that `to` was found in this round of the search.
   */
  addEdge(from: number, to: number, move: number, actor: number, woken: number, sameDepth: boolean): void {
    this.targets.push(to);
    const code = encode(move, actor, woken);
    const turns = this.turns.get(from) + (this.parents.get(from) !== -1 && decode(this.codes.get(from)).actor !== actor ? 1 : 0);
    if (to === this.size) {
      this.parents.push(from);
      this.codes.push(code);
      this.turns.push(turns);
    } else if (sameDepth && turns < this.turns.get(to)) {
      this.parents.set(to, from);
      this.codes.set(to, code);
      this.turns.set(to, turns);
    }
  }

  /** A shortest way from the start to `state`. */
  pathTo(state: number): Transition[] {
    const path: Transition[] = [];
    for (let at = state; this.parents.get(at) !== -1; at = this.parents.get(at)) path.push(decode(this.codes.get(at)));
    return path.reverse();
  }

  /**
   * For the finished graph: how many different schedules (ways from the start to one of `ends`) its states stand for, and how many
   * transitions the longest of them has. A count beyond 2^53 is rounded.
   */
  schedules(ends: readonly number[]): { schedules: number; longest: number } {
    const ways = new Float64Array(this.size);
    const lengths = new Int32Array(this.size);
    ways[0] = 1;
    for (const state of this.inOrder()) {
      for (let edge = this.firstEdge.get(state); edge < this.edgesEnd(state); edge++) {
        const target = this.targets.get(edge);
        ways[target] = (ways[target] as number) + (ways[state] as number);
        lengths[target] = Math.max(lengths[target] as number, (lengths[state] as number) + 1);
      }
    }
    let schedules = 0;
    let longest = 0;
    for (const end of ends) {
      schedules += ways[end] as number;
      longest = Math.max(longest, lengths[end] as number);
    }
    return { schedules, longest };
  }

  /** Every state after all states that lead to it (Kahn's algorithm). */
  private *inOrder(): Generator<number> {
    const missing = new Int32Array(this.size);
    for (let edge = 0; edge < this.targets.length; edge++) {
      const target = this.targets.get(edge);
      missing[target] = (missing[target] as number) + 1;
    }
    const free = [0];
    for (let state = free.pop(); state !== undefined; state = free.pop()) {
      yield state;
      for (let edge = this.firstEdge.get(state); edge < this.edgesEnd(state); edge++) {
        const target = this.targets.get(edge);
        const left = (missing[target] as number) - 1;
        missing[target] = left;
        if (left === 0) free.push(target);
      }
    }
  }

  private edgesEnd(state: number): number {
    return state + 1 < this.firstEdge.length ? this.firstEdge.get(state + 1) : this.targets.length;
  }
}
