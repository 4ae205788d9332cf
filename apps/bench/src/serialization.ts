/** The comparison of codecs as a program of its own. */
import { runProgram } from './run-program.js';
import { serialization } from './serialization/suite.js';

await runProgram(serialization);
