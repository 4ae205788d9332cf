import { runProgram } from './run-program.js';
import { primitives } from './suite.js';

await runProgram(primitives);
