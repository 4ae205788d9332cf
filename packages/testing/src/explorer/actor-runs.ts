import type { CheckedActor, CheckedModel } from './model.js';
import type { Operation } from './operation.js';
import { replay, type Failure, type NoteChange } from './replay.js';

/** One actor after one particular sequence of results. */
export interface RunNode {
  readonly id: number;
  readonly phase: number;
  /** Number of operations done in this phase. */
  readonly depth: number;
  /** The operation it stands before; undefined at the end of the phase. */
  readonly operation: Operation | undefined;
  /** Noted on arrival here. */
  readonly events: readonly NoteChange[];
  readonly failure: Failure | undefined;
  readonly parent: RunNode | undefined;
  /** What the operation of `parent` returned to get here. */
  readonly result: number;
  readonly children: RunNode[];
}

/**
 * All runs of one actor: for each phase a tree over the results it was given. A deterministic actor is wholly described by its results, so
 * a node is the actor's state (program counter and locals), and the actor runs again only for a sequence of results not met before.
 */
export class ActorRuns {
  private readonly nodes: RunNode[] = [];
  /** Of each phase that was reached. */
  private readonly roots: RunNode[] = [];

  constructor(
    private readonly model: CheckedModel,
    private readonly actor: CheckedActor,
  ) {}

  /** The actor at the beginning of a phase; undefined after the last one. */
  root(phase: number): RunNode | undefined {
    if (phase === this.actor.phases.length) return undefined;
    return (this.roots[phase] ??= this.grow(phase, undefined, 0));
  }

  node(id: number): RunNode {
    return this.nodes[id] as RunNode;
  }

  /** The actor after `node.operation` returned `result`. */
  after(node: RunNode, result: number): RunNode {
    for (const child of node.children) if (child.result === result) return child;
    const child = this.grow(node.phase, node, result);
    node.children.push(child);
    return child;
  }

  private grow(phase: number, parent: RunNode | undefined, result: number): RunNode {
    const path: Operation[] = [];
    const results: number[] = [];
    if (parent !== undefined) results.push(result);
    for (let node = parent; node !== undefined; node = node.parent) {
      path.push(node.operation as Operation);
      if (node.parent !== undefined) results.push(node.result);
    }
    const { operation, events, failure } = replay(this.model, this.actor, phase, path.reverse(), results.reverse());
    const node: RunNode = {
      id: this.nodes.length,
      phase,
      depth: results.length,
      operation: failure === undefined ? operation : undefined,
      events,
      failure,
      parent,
      result,
      children: [],
    };
    this.nodes.push(node);
    return node;
  }
}
