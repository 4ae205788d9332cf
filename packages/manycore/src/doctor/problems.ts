/** What stands in the way, and what to do about it. */
import type { DoctorReport } from './report.js';
import { isNodeSupported, OLDEST_NODE } from './platform.js';

export interface Problem {
  /** A failure: manycore does not work here. A warning: it works, but something will be slow or run out. */
  readonly severity: 'failure' | 'warning';
  readonly what: string;
  readonly advice: string;
}

const FEW_DESCRIPTORS = 1024;
const LITTLE_SHARED_BYTES = 64 * 2 ** 20;

type Check = (report: Omit<DoctorReport, 'problems'>) => Problem | readonly Problem[] | undefined;

const failure = (what: string, advice: string): Problem => ({ severity: 'failure', what, advice });
const warning = (what: string, advice: string): Problem => ({ severity: 'warning', what, advice });

const CHECKS: readonly Check[] = [
  ({ platform: { node } }) => (isNodeSupported(node) ? undefined : failure(`Node ${node} is too old`, `Install Node ${OLDEST_NODE} or later.`)),
  ({ addon }) => ('error' in addon ? failure('the native part could not be loaded', addon.error) : undefined),
  ({ files }) => (files.hasProc ? undefined : failure('/proc is not there', 'Mount it: processes find each other, and learn of deaths, through it.')),
  ({ addon, memory }) =>
    'file' in addon && memory.sharedLimitBytes === null
      ? failure('no shared memory could be made', 'A sandbox may forbid memfd_create or locks of files: look at its seccomp profile.')
      : undefined,
  ({ memory: { sharedLimitBytes } }) =>
    sharedLimitBytes !== null && sharedLimitBytes < LITTLE_SHARED_BYTES
      ? warning('there is little memory to share', 'Give the container more, or raise MANYCORE_MEMORY_LIMIT.')
      : undefined,
  ({ cpus }) => (cpus.usable > 1 ? undefined : warning('this process may use one CPU only', 'Processes take turns: nothing is faster than in one. Raise the quota of the container, or the affinity.')),
  ({ files: { mostOpen } }) =>
    mostOpen !== null && mostOpen < FEW_DESCRIPTORS
      ? warning(`a process may have ${mostOpen} open files only`, 'Each child takes a few: raise the limit (ulimit -n).')
      : undefined,
  ({ files: { shm } }) => (shm === null ? warning('/dev/shm is not there', 'SharedMemory with a name needs it; all else does not.') : undefined),
  ({ starts }) => (starts ?? []).flatMap((start) => ('error' in start ? [failure(`start method ${start.method} does not work`, start.error)] : [])),
  ({ primitives }) => (primitives ?? []).flatMap((one) => ('error' in one ? [failure(`${one.name} does not work`, one.error)] : [])),
];

export function problemsOf(report: Omit<DoctorReport, 'problems'>): Problem[] {
  return CHECKS.flatMap((check) => check(report) ?? []);
}
