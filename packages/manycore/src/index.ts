export * from '@manycore/core';
export * from '@manycore/futures';
export * from '@manycore/manager';
export * from '@manycore/process';
export * from '@manycore/queues';
export * from '@manycore/shared';
export * from '@manycore/sync';
export { getContext, type Context } from './context.js';
