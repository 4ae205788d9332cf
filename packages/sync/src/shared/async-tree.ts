/**
 * Async call trees: who the owner of a lock is where many tasks share one thread.
 *
 * A tree begins with the `withLock` or `hold` that takes a lock, and is everything that is called from there, awaited or not, across awaits, timers and callbacks. `AsyncLocalStorage` of
 * Node carries it along. Trees lie within one another: a context is in the tree it carries and in all that this one began in, so a lock that is taken inside of another's tree still tells
 * two tasks of that tree apart.
 *
 * `withLock` runs its function in the tree, so that nobody else ever sees it. `hold` has no function to run: it marks the context of its caller, which it can do only in the synchronous part
 * of the call, before the lock is given. The caller's own caller shares that context until it awaits, and with it the mark. Therefore:
 *
 * | state  | meaning                                                                                                                                        |
 * | ------ | ---------------------------------------------------------------------------------------------------------------------------------------------- |
 * | MARKED | the lock was not given yet. Counts for nothing: a second task that starts in the same synchronous turn sees the mark, but takes a tree of its own that does not begin in this one |
 * | GIVEN  | the lock was given to it: whoever is in the tree is its owner, as long as the lock names the tree                                               |
 * | OVER   | the lock was released, or never given. Kept by contexts that carry it; trees that begin there begin in what it began in                          |
 *
 * A lock names its tree by number, so trees that are over can do no harm. Numbers are given by the thread, whose owner word stands beside them. State and numbers are those of the thread,
 * also when it has several copies of this package. `node:async_hooks` is loaded with the first tree: programs that only block never pay for it.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';

const MARKED = 0;
const GIVEN = 1;
const OVER = 2;

interface ThreadTrees {
  storage: AsyncLocalStorage<Tree> | undefined;
  /** The number that was given last. */
  last: number;
}

const KEY = Symbol.for('manycore.async-trees@1');
const trees = ((globalThis as Record<symbol, unknown>)[KEY] ??= { storage: undefined, last: 0 }) as ThreadTrees;

export class Tree {
  private state: number;

  /** @param began - the tree in which this one began. */
  constructor(
    readonly id: number,
    private began: Tree | undefined,
    state: number,
  ) {
    this.state = state;
  }

  /** The lock was given to it. */
  give(): void {
    this.state = GIVEN;
  }

  /** The lock was released, or not to be had. */
  end(): void {
    this.state = OVER;
  }

  /** The innermost tree from here outwards that has a lock. What is over is taken out of the chain, which would grow with every lock of a long task. */
  static given(from: Tree | undefined): Tree | undefined {
    let tree = from;
    while (tree !== undefined && tree.state !== GIVEN) tree = tree.began;
    for (let inner = tree; inner !== undefined; inner = inner.began) {
      while (inner.began !== undefined && inner.began.state !== GIVEN) inner.began = inner.began.began;
    }
    return tree;
  }

  /** The tree of that number, when a context that carries `from` is in it and it has its lock. */
  static find(from: Tree | undefined, id: number): Tree | undefined {
    for (let tree = from; tree !== undefined; tree = tree.began) if (tree.id === id) return tree.state === GIVEN ? tree : undefined;
    return undefined;
  }

  /** The numbers of those from here outwards that are not over. */
  static numbers(from: Tree | undefined): number[] {
    const numbers: number[] = [];
    for (let tree = from; tree !== undefined; tree = tree.began) if (tree.state !== OVER) numbers.push(tree.id);
    return numbers;
  }
}

/** The thread as a whole: the owner of what was acquired in no tree. Everybody in the thread is in it. */
export const THREAD = new Tree(0, undefined, GIVEN);

/** What the calling context carries. */
export const currentTree = (): Tree | undefined => trees.storage?.getStore();

/** The tree of that number, when a context that carries `context` is in it. */
export const treeIn = (context: Tree | undefined, id: number): Tree | undefined => (id === THREAD.id ? THREAD : Tree.find(context, id));

/** The numbers of the trees that the calling context is in, or will be once their lock was given: for a lock that is elsewhere, and knows its owner by number. */
export const numbersOf = (context: Tree | undefined): number[] => Tree.numbers(context);

/** A tree that begins in the calling context, for a lock that it has not got yet. */
export function newTree(): Tree {
  // Numbers come round after four thousand million trees, and 0 is the thread's.
  trees.last = (trees.last + 1) | 0 || 1;
  return new Tree(trees.last, Tree.given(currentTree()), MARKED);
}

/** Runs `fn` in the tree. */
export const runInTree = <R>(tree: Tree, fn: () => R): R => storage().run(tree, fn);

/** As `newTree`; the calling context, and that of its caller until it awaits, is in it from now on. */
export function enterNewTree(): Tree {
  const tree = newTree();
  storage().enterWith(tree);
  return tree;
}

function storage(): AsyncLocalStorage<Tree> {
  return (trees.storage ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)<Tree>());
}
