import { SharedArray } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { measurePasses } from '../passes.js';

export function viewPasses(order: Work): void {
  measurePasses(order, new SharedArray('d', order.arrayBytes! / 8).view);
}
