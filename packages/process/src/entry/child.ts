/**
 * The program of a child process: joins the session, becomes who its parent says it is, and does its work.
 *
 * Descriptor 3 is the control channel, which closes when the parent is gone; 4 the session's memory; the argument says where in it this process's record is. What is imported here
 * is paid for by every start of a process.
 */
import { joinSession, native, session, setIdentity, setMainScriptUrl, setOrigin } from '@manycore/core/internal';
import { bootstrap } from '../bootstrapping.js';
import { ProcessError } from '../errors.js';
import { PREPARATION_VERSION, type Head } from '../preparation.js';
import { Phase, ProcessRecord } from '../record.js';
import { report, reportUncaught } from './report.js';
import { assemble } from './work.js';

const CONTROL_FD = 3;
const SESSION_FD = 4;
/** From the SIGTERM that this process sends itself when its parent is gone, to the SIGKILL. */
const GRACE_MS = 1000;
/** As Node for a main module whose top-level await never settles. */
const UNSETTLED_EXIT_CODE = 13;

function join(): ProcessRecord {
  const [fileIdentity = NaN, id = NaN, generation = NaN] = (process.argv[2] ?? '').split('-').map(Number);
  const addon = native();
  // What this process starts must not inherit them: it would keep the channel open, or the memory.
  addon.setCloexec(CONTROL_FD);
  addon.setCloexec(SESSION_FD);
  addon.watchParent(CONTROL_FD, GRACE_MS);
  joinSession({ fd: SESSION_FD, identity: fileIdentity });
  if (addon.session() !== SESSION_FD) {
    throw new ProcessError('a module that was preloaded (--import, --require) used manycore before this child process had joined its parent. Let it do so later.');
  }
  return ProcessRecord.open({ id, generation });
}

function become({ version, name, path, daemon, parent, authkey, mainScript, argv }: Head): void {
  if (version !== PREPARATION_VERSION) {
    throw new ProcessError(`the parent process uses another version of @manycore/process (${version}, here ${PREPARATION_VERSION}). Install one version in both.`);
  }
  setIdentity({ name, isMain: false, daemon, path, parent, authkey: Buffer.from(authkey, 'base64') });
  setOrigin({ pid: process.pid, processName: name });
  const { slots, kernel } = session();
  slots.setName(kernel.slot, name);
  process.argv = [process.execPath, ...argv];
  setMainScriptUrl(mainScript);
}

/** A target that waits for what can no longer happen leaves the event loop empty: the process ends, and must not pass for one that did its work. */
function reportUnsettled(record: ProcessRecord, isSettled: () => boolean): void {
  let isDrained = false;
  process.once('beforeExit', () => (isDrained = true));
  process.once('exit', (code) => {
    if (!isDrained || code !== 0 || isSettled()) return;
    const what = record.phase === Phase.Running ? 'its target returned a promise' : 'a module that it imports awaits something at its top level';
    report(record, new ProcessError(`nothing is left in the event loop that could go on, but ${what} that is still pending.`));
    process.exitCode = UNSETTLED_EXIT_CODE;
  });
}

const record = join();
record.phase = Phase.Entered;
reportUncaught(record);
let isSettled = false;
reportUnsettled(record, () => isSettled);

async function main(): Promise<void> {
  const preparation = record.preparation();
  const head = JSON.parse(preparation.head) as Head;
  become(head);
  const importsMain = (head.className ?? head.target)?.isMain === true;
  const work = await bootstrap(importsMain, () => assemble(head, preparation));
  // From here on what the arguments mention is held by whoever uses it.
  record.dropPreparation();
  record.phase = Phase.Running;
  await work();
}

main().then(
  () => (isSettled = true),
  (error: unknown) => {
    isSettled = true;
    report(record, error);
    process.exit(1);
  },
);
