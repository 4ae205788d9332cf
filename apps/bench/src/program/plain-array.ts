/** Measures passes over a TypedArray of the process's own. */
import { measurePasses } from './passes.js';
import { orderedWork } from './protocol.js';

const work = orderedWork();
measurePasses(work, new Float64Array(work.arrayBytes! / 8));
