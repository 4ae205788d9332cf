/** For the packages of this project only: no promise is made to anybody else. */
export { currentTree, enterNewTree, newTree, numbersOf, runInTree, THREAD, type Tree } from './shared/async-tree.js';
