export * from './all.js';
export { getContext, type Context } from './context.js';
