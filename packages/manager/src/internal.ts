/** For the packages of this project only: no promise is made to anybody else. */
export * from './index.js';
export { managerContext, type ManagerContext } from './context.js';
