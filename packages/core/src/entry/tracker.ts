/**
 * The program of the tracker (tracking/tracker.ts): waits until no process of the session lives, removes the session's files and folders, and ends.
 *
 * Descriptor 3 is the session's memory. It sleeps in one call, and is no part of the session: it has no slot and holds nothing.
 */
import { Transaction } from '../memory/transaction.js';
import { Windows } from '../memory/windows.js';
import { native } from '../native.js';
import { HEADER_MAGIC, HEADER_UNDO, HEADER_VERSION, LAYOUT_VERSION, MAGIC, PRESENCE_BYTE } from '../session/layout.js';
import { IN_FOLDER, trackedFiles, UNMARKED } from '../tracking/records.js';

const MEMORY_FD = 3;
const EISDIR = -21;

const addon = native();
const windows = new Windows(MEMORY_FD);
const isOurs = windows.load(HEADER_MAGIC) === MAGIC && windows.load(HEADER_VERSION) === LAYOUT_VERSION;
if (!isOurs || addon.claimAtEnd(MEMORY_FD, PRESENCE_BYTE) !== 0) process.exit(1);
new Transaction(windows, HEADER_UNDO).rollBack();
for (const { path, mark } of trackedFiles(windows)) {
  if (mark === UNMARKED) addon.removeFolder(path, mark, IN_FOLDER);
  else if (addon.fileMark(path) === mark && addon.removeFile(path) === EISDIR) addon.removeFolder(path, mark, IN_FOLDER);
}
