/** What a child is to do, put together from what it was told: runs the user's modules. */
import { decode, loadModules, resolveClass, resolveTarget, type TargetName } from '@manycore/core/internal';
import type { Head, Input } from '../preparation.js';
import type { StoredMessage, StoredPreparation } from '../record.js';
import { ADOPT, CURRENT } from '../self.js';

type Call = (...args: readonly unknown[]) => unknown;

interface ProcessClass {
  readonly prototype: { run(): unknown };
  [ADOPT](instance: object, target: Call | undefined, args: readonly unknown[]): { run(): unknown };
}

/**
 * Imports what is needed and rebuilds the arguments. In this order: what the target's module registers at its top level may be needed to rebuild them.
 *
 * @returns the call that is the work of this process.
 */
export async function assemble(head: Head, { inline, input }: StoredPreparation): Promise<() => unknown> {
  const target = await resolve(head, inline);
  const ProcessClass = head.className === undefined ? undefined : ((await resolveClass(head.className)) as unknown as ProcessClass);
  const [args, fields] = split((await read(input)) as Input);
  if (ProcessClass === undefined) return () => target?.(...args);
  const instance = Object.assign(Object.create(ProcessClass.prototype) as object, fields);
  const self = ProcessClass[ADOPT](instance, target, args);
  (globalThis as { [CURRENT]?: unknown })[CURRENT] = self;
  return () => self.run();
}

async function resolve(head: Head, inline: StoredMessage | undefined): Promise<Call | undefined> {
  const name = head.target ?? (inline === undefined ? undefined : ((await read(inline)) as TargetName));
  return name === undefined ? undefined : ((await resolveTarget(name)) as Call);
}

async function read({ bytes, start, end }: StoredMessage): Promise<unknown> {
  const loading = loadModules(bytes, start, end);
  if (loading !== undefined) await loading;
  return decode(bytes, start, end);
}

const split = (input: Input): [unknown[], Record<string, unknown> | undefined] => [input.slice(0, -1), input.at(-1) as Record<string, unknown> | undefined];
