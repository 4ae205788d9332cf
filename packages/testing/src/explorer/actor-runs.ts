import type { Foresight } from './foresight.js';
import type { CheckedActor, CheckedModel } from './model.js';
import type { Operation } from './operation.js';
import { Replayer, type Failure, type NoteChange } from './replay.js';

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
  /** The one met first, and the one met after this with the same parent. */
  firstChild: RunNode | undefined;
  nextSibling: RunNode | undefined;
}

/**
 * All runs of one actor: for each phase a tree over the results it was given. A deterministic actor is wholly described by its results, so
 * a node is the actor's state (program counter and locals), and the actor runs again only for a sequence of results not met before.
 *
 * Such a run goes on with guessed results as far as they can be guessed, and shows the nodes on that way too: without that, n steps of an
 * actor would be n runs and n² / 2 operations. What was met by guess is run once more, because two runs are needed to see that an actor
 * keeps state outside of its call. At the first operation of a phase nothing is guessed: there every actor is left at once.
 */
export class ActorRuns {
  private readonly nodes: RunNode[] = [];
  /** Of each phase that was reached. */
  private readonly roots: RunNode[] = [];
  private readonly replayer: Replayer;
  private readonly path: Operation[] = [];
  private readonly results: number[] = [];

  constructor(
    model: CheckedModel,
    private readonly actor: CheckedActor,
    foresight: Foresight,
  ) {
    this.replayer = new Replayer(model, actor, foresight);
  }

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
    for (let child = node.firstChild; child !== undefined; child = child.nextSibling) if (child.result === result) return child;
    return this.grow(node.phase, node, result);
  }

  private grow(phase: number, parent: RunNode | undefined, result: number): RunNode {
    const { path, results, replayer } = this;
    const depth = parent === undefined ? 0 : parent.depth + 1;
    path.length = results.length = depth;
    for (let node = parent, last = result; node !== undefined; last = node.result, node = node.parent) {
      path[node.depth] = node.operation as Operation;
      results[node.depth] = last;
    }
    const { foreseen, ...end } = replayer.run(phase, path, results, parent !== undefined);
    if (foreseen.length === 0) return this.add(phase, parent, result, end.operation, end.events, end.failure);

    for (const step of foreseen) {
      path.push(step.operation);
      results.push(step.result);
    }
    const again = replayer.run(phase, path, results, false);
    // Where the second run fails and the first did not, what the first met beyond does not count.
    const shown = again.failure === undefined ? foreseen.length : Math.min(foreseen.length, Math.max(0, again.reached - depth));
    let node = parent;
    let first: RunNode | undefined;
    let before = result;
    for (let step = 0; step < shown; step++) {
      const { operation, events, result: after } = foreseen[step] as (typeof foreseen)[number];
      node = this.add(phase, node, before, operation, events, undefined);
      first ??= node;
      before = after;
    }
    const last = shown === foreseen.length ? end : again;
    node = this.add(phase, node, before, last.operation, last.events, last.failure ?? again.failure);
    return first ?? node;
  }

  private add(
    phase: number,
    parent: RunNode | undefined,
    result: number,
    operation: Operation | undefined,
    events: readonly NoteChange[],
    failure: Failure | undefined,
  ): RunNode {
    const node: RunNode = {
      id: this.nodes.length,
      phase,
      depth: parent === undefined ? 0 : parent.depth + 1,
      operation: failure === undefined ? operation : undefined,
      events,
      failure,
      parent,
      result,
      firstChild: undefined,
      nextSibling: undefined,
    };
    this.nodes.push(node);
    if (parent !== undefined) {
      // After the last one: what is met first is most often asked for again.
      let last = parent.firstChild;
      while (last?.nextSibling !== undefined) last = last.nextSibling;
      if (last === undefined) parent.firstChild = node;
      else last.nextSibling = node;
    }
    return node;
  }
}
