import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isHeldByOthers } from './proc/holders.js';
import { ownTree } from './proc/own-tree.js';
import { processTree } from './proc/process-mark.js';
import { memoryMappings, openDescriptors, type ProcessFacts } from './proc/process-table.js';

const OUR_FILES = 'manycore';
const OUR_MEMORY = 'memfd:manycore';
/** Where large blocks begin in it: 1 TiB (packages/core/src/session/layout.ts). */
const LARGE_BLOCKS_AT = 2 ** 40;

/** Opened by Node itself when first needed, and kept. */
const HARMLESS_TARGETS = new Set(['/dev/null', '/dev/urandom']);

/**
 * The event loop's own business: immediates and closing handles are over within a turn, requests in flight belong to somebody's promise.
 */
const HARMLESS_RESOURCES = /^(?:Immediate|TickObject|CloseReq|FSReq.*|.*ReqWrap)$/;

/** What a process holds at one moment. */
export interface Snapshot {
  readonly processes: ReadonlyMap<string, ProcessFacts>;
  readonly descriptors: ReadonlyMap<number, string>;
  readonly mappings: number;
  readonly files: ReadonlySet<string>;
  readonly resources: ReadonlyMap<string, number>;
}

export function takeSnapshot(): Snapshot {
  const living = processTree(ownTree()).filter(({ state }) => state !== 'Z');
  return {
    processes: new Map(living.map((facts) => [`${facts.pid}.${facts.startTime}`, facts])),
    descriptors: openDescriptors('self'),
    mappings: countMappings(memoryMappings('self').filter((line) => line.includes(OUR_MEMORY))),
    files: new Set(['/dev/shm', tmpdir()].flatMap(filesOfOurs)),
    resources: countBy(
      process.getActiveResourcesInfo().filter((name) => !HARMLESS_RESOURCES.test(name)),
      (name) => name,
    ),
  };
}

/**
 * Those that can leak. A window of the tables and of small blocks is mapped when a thread first looks there, which may be at any time (for
 * what a dead process held, say), and stays: only a second mapping of it is one too many.
 */
function countMappings(lines: readonly string[]): number {
  const offsets = lines.map((line) => Number.parseInt(line.split(/\s+/)[2] ?? '', 16));
  const windows = offsets.filter((offset) => offset < LARGE_BLOCKS_AT);
  return offsets.length - new Set(windows).size;
}

/** One line for everything that `after` has and `before` had not. */
export function findLeaks(before: Snapshot, after: Snapshot): string[] {
  return [
    ...[...after.processes].filter(([key]) => !before.processes.has(key)).map(([, facts]) => describe(facts)),
    ...extraDescriptors(before.descriptors, after.descriptors),
    ...[...after.files]
      .filter((path) => !before.files.has(path) && !isHeldByOthers(path, after.processes.values()))
      .map((path) => `file: ${path}`),
    ...(after.mappings > before.mappings ? [`memory: ${after.mappings - before.mappings} more mappings of ${OUR_MEMORY} than before`] : []),
    ...[...after.resources]
      .filter(([name, count]) => count > (before.resources.get(name) ?? 0))
      .map(([name, count]) => `event loop: ${count} ${name}, ${before.resources.get(name) ?? 0} before`),
  ];
}

const describe = ({ pid, state, commandLine }: ProcessFacts): string => `process: pid ${pid}, state ${state}: ${commandLine}`;

/**
 * Compared by kind and number, not one by one: a socket that somebody else in this process closed and opened again has another inode.
 * Of a kind that grew, those are listed that were not there before.
 */
function extraDescriptors(before: ReadonlyMap<number, string>, after: ReadonlyMap<number, string>): string[] {
  const kindsBefore = countBy([...before.values()], kindOf);
  const known = new Set([...before].map(([fd, target]) => `${fd} ${target}`));
  const lines: string[] = [];
  for (const [kind, count] of countBy([...after.values()], kindOf)) {
    const had = kindsBefore.get(kind) ?? 0;
    if (count <= had || HARMLESS_TARGETS.has(kind)) continue;
    const fresh = [...after].filter(([fd, target]) => kindOf(target) === kind && !known.has(`${fd} ${target}`));
    lines.push(`descriptor: ${count} of ${kind}, ${had} before; new: ${fresh.map(([fd, target]) => `${fd} -> ${target}`).join(', ')}`);
  }
  return lines;
}

/** `socket:[123]` is a socket, `anon_inode:[eventfd]` an eventfd; a file or a memory file is itself. */
const kindOf = (target: string): string => target.replace(/^(socket|pipe|net|mnt):\[\d+\]$/, '$1');

function filesOfOurs(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(OUR_FILES))
    .map((name) => `${folder}/${name}`);
}

function countBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}
