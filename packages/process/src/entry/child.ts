/**
 * The program of a child process: joins its parent, and then does its work; or first waits, as a standby, until there is work.
 *
 * Descriptor 3 is the control channel, which closes when the parent is gone; 4 the session's memory; the argument is the ticket, or says that it comes on the control channel. Built as
 * one CommonJS file without dependencies, which boots 4 ms sooner than a module; every start of a process pays for what is imported here.
 */
import { join } from './join.js';
import { runProgram } from './program.js';
import { standBy } from './standby.js';

// That of the CommonJS file that this becomes: to make one takes a quarter of a millisecond.
declare const require: NodeJS.Require;

const membership = join(require);
if (membership.head.standby === undefined) runProgram(membership, require);
else void standBy(membership, membership.head.standby, require).then(({ membership: given, loaded }) => runProgram(given, require, loaded));
