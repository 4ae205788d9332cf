/** The long way, with core: whatever the target and its arguments are, and for reports of failures. Loaded when it is needed. */
import {
  decode,
  loadModules,
  notLoaded,
  resolveClass,
  resolveTarget,
  session,
  setMainScriptUrl,
  setOrigin,
  type TargetName,
} from '@manycore/core/internal';
import type { Head, Input } from '../preparation.js';
import { ProcessRecord, type StoredMessage, type StoredPreparation } from '../record.js';
import { ADOPT, CURRENT } from '../self.js';
import type { Ticket } from '../ticket.js';
import type { Attempt } from './direct.js';

export { report } from './report.js';

type Call = (...args: readonly unknown[]) => unknown;

interface ProcessClass {
  readonly prototype: { run(): unknown };
  [ADOPT](instance: object, target: Call | undefined, args: readonly unknown[]): { run(): unknown };
}

/** What the work is made of. */
interface Assembled {
  readonly target: Call | undefined;
  readonly ProcessClass: ProcessClass | undefined;
  readonly args: readonly unknown[];
  readonly fields: Record<string, unknown> | undefined;
}

/**
 * Introduces this process to core, of which the copy beside this package is the one that its parent and, but for odd installations, its
 * modules use.
 */
function introduce({ name, mainScript }: Head): void {
  setOrigin({ pid: process.pid, processName: name });
  setMainScriptUrl(mainScript);
  const { slots, kernel } = session();
  slots.setName(kernel.slot, name);
}

/**
 * Imports what is needed and rebuilds the arguments. In this order: what the target's module registers at its top level may be needed to
 * rebuild them.
 *
 * @param attempt - what came of the short way.
 * @returns the call that is the work of this process.
 */
export async function assemble(ticket: Ticket, head: Head, attempt: Attempt): Promise<() => unknown> {
  introduce(head);
  const { target, ProcessClass, args, fields } = await take(head, ProcessRecord.open(ticket), attempt);
  if (ProcessClass === undefined) return () => target?.(...args);
  const instance = Object.assign(Object.create(ProcessClass.prototype) as object, fields);
  const self = ProcessClass[ADOPT](instance, target, args);
  (globalThis as { [CURRENT]?: unknown })[CURRENT] = self;
  return () => self.run();
}

async function take(head: Head, record: ProcessRecord, { target: found, failure }: Attempt): Promise<Assembled> {
  const preparation = record.preparation();
  try {
    if (failure !== undefined && head.target !== undefined) throw notLoaded(head.target, 'load', failure.thrown);
    const target = (found as Call | undefined) ?? (await resolve(head, preparation));
    const ProcessClass = head.className === undefined ? undefined : ((await resolveClass(head.className)) as unknown as ProcessClass);
    const [args, fields] = split((await read(preparation.input)) as Input);
    return { target, ProcessClass, args, fields };
  } finally {
    // What the arguments mention is held by whoever uses it, and by nobody when they are of no use.
    record.dropPreparation();
  }
}

/** Does what is to be done before a target can be called, once: what has run before runs ten times as fast, for V8 has compiled it. By a standby, with what it was told itself. */
export async function rehearse(ticket: Ticket, head: Head): Promise<void> {
  const record = ProcessRecord.open(ticket);
  await take(head, record, {});
  record.release();
  await resolveTarget({ kind: 'export', url: import.meta.url, path: ['rehearse'], isMain: false, match: 'identity' });
}

async function resolve(head: Head, { inline }: StoredPreparation): Promise<Call | undefined> {
  const name = head.target ?? (inline === undefined ? undefined : ((await read(inline)) as TargetName));
  return name === undefined ? undefined : ((await resolveTarget(name)) as Call);
}

async function read({ bytes, start, end }: StoredMessage): Promise<unknown> {
  const loading = loadModules(bytes, start, end);
  if (loading !== undefined) await loading;
  return decode(bytes, start, end);
}

const split = (input: Input): [unknown[], Record<string, unknown> | undefined] => [
  input.slice(0, -1),
  input.at(-1) as Record<string, unknown> | undefined,
];
