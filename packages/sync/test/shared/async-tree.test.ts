import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { currentTree, enterNewTree, newTree, runInTree, THREAD, treeIn, type Tree } from '../../src/shared/async-tree.js';

/** Whether the calling context is in the tree. */
const isIn = (tree: Tree): boolean => treeIn(currentTree(), tree.id) === tree;

function given(): Tree {
  const tree = newTree();
  tree.give();
  return tree;
}

describe('async trees', () => {
  it('everybody is in the thread', () => {
    expect(treeIn(currentTree(), THREAD.id)).toBe(THREAD);
    runInTree(given(), () => expect(treeIn(currentTree(), THREAD.id)).toBe(THREAD));
  });

  it('a tree goes along across awaits and callbacks, and not beyond its function', async () => {
    const tree = given();
    await runInTree(tree, async () => {
      await setImmediate();
      expect(isIn(tree)).toBe(true);
      await new Promise<void>((resolve) => setTimeout(() => (expect(isIn(tree)).toBe(true), resolve()), 1));
    });
    expect(isIn(tree)).toBe(false);
  });

  it('whoever is in a tree is in those it began in, and two that began in one are apart', () => {
    const outer = given();
    runInTree(outer, () => {
      const [a, b] = [given(), given()];
      runInTree(a, () => {
        expect([outer, a, b].map(isIn)).toEqual([true, true, false]);
      });
      runInTree(b, () => {
        expect([outer, a, b].map(isIn)).toEqual([true, false, true]);
      });
    });
  });

  it('a mark counts from the moment the lock was given, and only until it was released', () => {
    const tree = newTree();
    runInTree(tree, () => {
      expect(isIn(tree)).toBe(false);
      tree.give();
      expect(isIn(tree)).toBe(true);
      tree.end();
      expect(isIn(tree)).toBe(false);
    });
  });

  it('a tree does not begin in one that is only marked, not even when that is given its lock later', () => {
    const first = newTree();
    runInTree(first, () => {
      const second = given();
      first.give();
      runInTree(second, () => expect(isIn(first)).toBe(false));
    });
  });

  it('a mark is seen by the caller of an async function and by what it starts', async () => {
    const hold = async (): Promise<Tree> => {
      const tree = enterNewTree();
      await setImmediate();
      tree.give();
      return tree;
    };
    const task = async (): Promise<Tree> => {
      await setImmediate();
      const tree = await hold();
      await setImmediate();
      expect(isIn(tree)).toBe(true);
      return tree;
    };
    const [a, b] = await Promise.all([task(), task()]);
    expect(a).not.toBe(b);
    expect([isIn(a), isIn(b)]).toEqual([false, false]);
  });

  it('chains do not grow with the locks of a long task', async () => {
    const depth = (tree: Tree | undefined): number => (tree === undefined ? 0 : 1 + depth((tree as unknown as { began: Tree | undefined }).began));
    await runInTree(given(), async () => {
      let last: Tree | undefined;
      for (let i = 0; i < 100; i++) {
        const tree = enterNewTree();
        tree.give();
        last?.end();
        last = tree;
        await null;
      }
      expect(depth(currentTree())).toBeLessThan(5);
    });
  });
});
