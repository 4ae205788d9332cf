/** The program of a thread that is a child: joins its parent and does its work. Built as one CommonJS file, see child.ts. */
import { joinAsThread } from './join-thread.js';
import { runProgram } from './program.js';

// See child.ts.
declare const require: NodeJS.Require;

const membership = joinAsThread(require);
if (membership !== undefined) runProgram(membership, require);
